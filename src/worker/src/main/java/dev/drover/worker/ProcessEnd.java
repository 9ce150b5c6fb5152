package dev.drover.worker;

/// The two ends of a process; a seam, so that a test survives its worker.
interface ProcessEnd {
    /// Those of this JVM.
    ProcessEnd JVM = new ProcessEnd() {
        @Override
        public void exit(int status) {
            System.exit(status);
        }

        @Override
        public void halt(int status) {
            Runtime.getRuntime().halt(status);
        }
    };

    /// Runs the program's shutdown hooks first.
    void exit(int status);

    /// At once.
    void halt(int status);
}
