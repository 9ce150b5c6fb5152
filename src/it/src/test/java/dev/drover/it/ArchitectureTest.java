package dev.drover.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import org.junit.jupiter.api.Test;

/// The arrows between the rooms point one way only, and what is dangerous stays where it belongs.
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.drover");

    @Test
    void theArrowsPointOneWay() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("protocol")
                .definedBy("dev.drover.protocol..")
                .layer("posix")
                .definedBy("dev.drover.posix..")
                .layer("handoff")
                .definedBy("dev.drover.handoff..")
                .layer("session")
                .definedBy("dev.drover.session..")
                .layer("worker")
                .definedBy("dev.drover.worker..")
                .layer("supervisor")
                .definedBy("dev.drover.supervisor..")
                .layer("poolfile")
                .definedBy("dev.drover.poolfile..")
                .layer("master")
                .definedBy("dev.drover.master..")
                .layer("cli")
                .definedBy("dev.drover.cli..")
                .layer("examples")
                .definedBy("dev.drover.examples..")
                .whereLayer("protocol")
                .mayNotAccessAnyLayer()
                .whereLayer("posix")
                .mayNotAccessAnyLayer()
                .whereLayer("handoff")
                .mayOnlyAccessLayers("posix", "protocol")
                .whereLayer("session")
                .mayOnlyAccessLayers("protocol")
                .whereLayer("worker")
                .mayOnlyAccessLayers("session", "handoff", "posix", "protocol")
                .whereLayer("supervisor")
                .mayOnlyAccessLayers("session", "handoff", "posix", "protocol")
                .whereLayer("poolfile")
                .mayOnlyAccessLayers("protocol")
                .whereLayer("cli")
                .mayOnlyAccessLayers("poolfile", "protocol")
                .whereLayer("master")
                .mayOnlyAccessLayers("supervisor", "poolfile", "session", "handoff", "posix", "protocol")
                .whereLayer("examples")
                .mayOnlyAccessLayers("worker", "supervisor", "session", "handoff", "posix", "protocol")
                .check(CLASSES);
    }

    @Test
    void onlyPosixSeesTheKernel() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.drover.posix..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(CLASSES);
    }

    @Test
    void onlyTheMasterSeesQuarkus() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.drover.master..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..")
                .check(CLASSES);
    }

    @Test
    void theCoreIsPure() {
        noClasses()
                .that()
                .resideInAPackage("dev.drover.supervisor.pool..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "org.slf4j..", "dev.drover.posix..")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(CLASSES);
    }

    @Test
    void theDispatchingIsPure() {
        noClasses()
                .that()
                .resideInAPackage("dev.drover.supervisor.dispatch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..", "java.nio..", "org.slf4j..", "dev.drover.posix..", "dev.drover.handoff..")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(CLASSES);
    }

    @Test
    void aPlanIsMadeOfWhatIsKnown() {
        noClasses()
                .that()
                .resideInAPackage("dev.drover.supervisor.plan..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.nio..", "org.slf4j..", "dev.drover.posix..")
                .check(CLASSES);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .check(CLASSES);
    }
}
