package dev.drover.posix;

/// The operating system refused a call.
///
/// The message names the caller's object first and the system's reason last:
/// `cannot bind 0.0.0.0:80: bind: EACCES (Permission denied)`.
public final class PosixException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /// @param call the C function that failed, such as `bind`
    /// @param errno its error number, one of [Errno]
    /// @param text what could not be done, such as `cannot bind 0.0.0.0:80`
    public PosixException(String call, int errno, String text) {
        super(text + ": " + call + ": " + Errno.name(errno) + " (" + Errno.text(errno) + ")");
        this.call = call;
        this.errno = errno;
    }

    /// The C function that failed, such as `bind`.
    public String call() {
        return call;
    }

    /// The error number, one of [Errno].
    public int errno() {
        return errno;
    }

    /// Passes a result through; a negative one, `-errno`, is thrown.
    static int check(int result, String call, String text) {
        if (result < 0) {
            throw new PosixException(call, -result, text);
        }
        return result;
    }

    /// As [#check(int,String,String)]; the text is put together only for a failure, so hot paths pay nothing for
    /// it.
    ///
    /// @param text ends before the name of its object, such as `cannot close`
    static int check(int result, String call, String text, Object object) {
        if (result < 0) {
            throw new PosixException(call, -result, text + " " + object);
        }
        return result;
    }
}
