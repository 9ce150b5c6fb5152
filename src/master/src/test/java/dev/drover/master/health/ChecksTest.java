package dev.drover.master.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksTest {
    @ParameterizedTest
    @CsvSource({"true, true, UP", "true, false, DOWN", "false, true, DOWN"})
    void readyWhenStartedAndEveryPoolIsAvailable(boolean started, boolean available, Status expected) {
        assertThat(new Checks(new FakeControls(started, available))
                        .ready()
                        .call()
                        .getStatus())
                .isEqualTo(expected);
    }

    @Test
    void aPoolThatCameLaterCountsOnceItWasAvailable() {
        // given
        var controls = new FakeControls(true, false);

        // when
        controls.awaited = true;

        // then
        assertThat(new Checks(controls).ready().call().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void stoppingMasterIsLiveAndNotReady() {
        // given
        var controls = new FakeControls(true, true);
        var checks = new Checks(controls);

        // when
        controls.stop();

        // then
        assertThat(checks.ready().call().getStatus()).isEqualTo(Status.DOWN);
        assertThat(checks.live().call().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void liveSaysNothingOfWorkers() {
        // given
        var checks = new Checks(new FakeControls(false, false));

        // when
        var live = checks.live().call();

        // then
        assertThat(live.getStatus()).isEqualTo(Status.UP);
        assertThat(checks.started().call().getStatus()).isEqualTo(Status.DOWN);
    }
}
