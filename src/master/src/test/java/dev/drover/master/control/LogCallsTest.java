package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.master.fixtures.Snapshots;
import dev.drover.protocol.control.v1.LogLine;
import dev.drover.protocol.control.v1.LogStream;
import dev.drover.protocol.control.v1.ReadLogsRequest;
import dev.drover.protocol.control.v1.ReadLogsResponse;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.OutputPolicy;
import dev.drover.supervisor.WorkerId;
import dev.drover.supervisor.output.OutputPump;
import dev.drover.supervisor.output.OutputStreams;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogCallsTest {
    private static final int PID = 77;

    private final FakeControls controls = new FakeControls(true, true);
    private final ControlService service = new ControlService(controls);
    private final BlockingQueue<String> written = new LinkedBlockingQueue<>();
    private final OutputPump pump = new OutputPump(line -> written.add(line.text()), () -> Snapshots.NOW);

    @BeforeEach
    void read() {
        controls.log = pump.log();
    }

    @AfterEach
    void close() {
        pump.close();
    }

    private OutputStreams worker(int ordinal, int number) {
        var streams = pump.attach(new Incarnation(new WorkerId("web", ordinal), number), OutputPolicy.DEFAULT);
        streams.capture().started(PID);
        return streams;
    }

    /// Writes lines and waits until they have been read: they are kept before they come to the sink.
    private void write(OutputStreams worker, String... lines) throws InterruptedException {
        for (var line : lines) {
            worker.stdout().write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        }
        var last = "";
        while (!last.equals(lines[lines.length - 1])) {
            last = String.valueOf(written.poll(20, TimeUnit.SECONDS));
        }
    }

    private Answer<ReadLogsResponse> read(ReadLogsRequest.Builder request) {
        var answer = new Answer<ReadLogsResponse>();
        service.readLogs(request.build(), answer);
        return answer;
    }

    private static ReadLogsRequest.Builder pool() {
        return ReadLogsRequest.newBuilder().setPool("web");
    }

    private static List<String> texts(ReadLogsResponse response) {
        return response.getLinesList().stream().map(LogLine::getText).toList();
    }

    @Test
    void aLineTellsWhoWroteItAndWhenAndWhere() throws InterruptedException {
        try (var worker = worker(0, 3)) {
            // given
            write(worker, "hello");

            // when
            var answer = read(ReadLogsRequest.newBuilder().setWorker("web-0"));
            answer.awaitEnd();

            // then
            var line = answer.only().getLines(0);
            assertThat(line.getWorker()).isEqualTo("web-0");
            assertThat(line.getIncarnation()).isEqualTo(3);
            assertThat(line.getPid()).isEqualTo(PID);
            assertThat(line.getStream()).isEqualTo(LogStream.LOG_STREAM_STDOUT);
            assertThat(line.getTime().getSeconds()).isEqualTo(Snapshots.NOW.getEpochSecond());
            assertThat(line.getText()).isEqualTo("hello");
        }
    }

    @Test
    void aFollowerIsToldWhatComesUntilThePoolIsNoMore() throws InterruptedException {
        try (var zero = worker(0, 1);
                var one = worker(1, 1)) {
            // given
            write(zero, "kept");
            var answer = read(pool().setFollow(true));
            var first = answer.next();

            // when
            write(one, "news");
            var second = answer.next();
            controls.gone = true;
            answer.awaitEnd();

            // then
            assertThat(texts(first)).containsExactly("kept");
            assertThat(texts(second)).containsExactly("news");
        }
    }

    @Test
    void whoDoesNotReadIsToldHowManyLinesAreLost() throws InterruptedException {
        try (var worker = worker(0, 1)) {
            // given
            write(worker, "first");
            var answer = read(pool().setFollow(true));
            answer.next();
            answer.reading = false;
            answer.awaitStalled();

            // when
            int lines = 20_000;
            for (int i = 0; i < lines; i++) {
                write(worker, "line " + i);
            }
            answer.reading = true;
            int told = 0;
            long lost = 0;
            while (told + lost < lines) {
                var next = answer.next();
                told += next.getLinesCount();
                lost += next.getLost();
            }

            // then
            assertThat(lost).isPositive();
            assertThat(told + lost).isEqualTo(lines);
            answer.cancel();
        }
    }

    @Test
    void thePreviousIncarnationIsToldOnRequest() throws Exception {
        // given
        try (var worker = worker(0, 1)) {
            write(worker, "one", "two", "last words");
            worker.capture().conclude(Duration.ZERO).get(20, TimeUnit.SECONDS);
        }
        try (var worker = worker(0, 2)) {
            write(worker, "lives");

            // when
            var previous = read(pool().setPrevious(true).setTail(2));
            previous.awaitEnd();
            var none = read(ReadLogsRequest.newBuilder().setWorker("web-1").setPrevious(true));
            none.awaitEnd();

            // then
            assertThat(texts(previous.only())).containsExactly("two", "last words");
            assertThat(none.reason()).isEqualTo("NO_PREVIOUS");
        }
    }

    @Test
    void whatCannotBeReadIsRefused() throws InterruptedException {
        assertRefused(ReadLogsRequest.newBuilder(), Status.Code.INVALID_ARGUMENT, "FIELD_REQUIRED");
        assertRefused(ReadLogsRequest.newBuilder().setPool("shop"), Status.Code.NOT_FOUND, "POOL_NOT_FOUND");
        assertRefused(ReadLogsRequest.newBuilder().setWorker("web-9"), Status.Code.NOT_FOUND, "WORKER_NOT_FOUND");
        assertRefused(ReadLogsRequest.newBuilder().setWorker("web"), Status.Code.NOT_FOUND, "WORKER_NOT_FOUND");
        assertRefused(pool().setTail(-1), Status.Code.INVALID_ARGUMENT, "FIELD_INVALID");
        assertRefused(pool().setPrevious(true).setFollow(true), Status.Code.INVALID_ARGUMENT, "FIELD_INVALID");
    }

    private void assertRefused(ReadLogsRequest.Builder request, Status.Code code, String reason)
            throws InterruptedException {
        var answer = read(request);
        answer.awaitEnd();
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.reason()).isEqualTo(reason);
    }
}
