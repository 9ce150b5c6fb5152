package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Holds layouts and constants against what `layout.c` printed. The values of aarch64 are those of x86-64 but for
/// `epoll_event`, which is packed there only: both use the kernel's generic headers.
class LayoutTest {
    private static final String ARCHITECTURES = """
            amd64, x86_64
            aarch64, aarch64""";

    @ParameterizedTest
    @CsvSource(textBlock = ARCHITECTURES)
    void layoutsHaveTheSizesAndOffsetsOfC(String architecture, String file) throws IOException {
        // given
        var layouts = layouts(architecture);

        // when
        var wrong = lines(file, "size", "offset")
                .filter(line -> !line.getLast().equals(java(layouts, line)))
                .toList();

        // then
        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = ARCHITECTURES)
    void constantsHaveTheValuesOfC(String architecture, String file) throws IOException {
        // given
        var name = "dev.drover.posix.";

        // when
        var wrong = lines(file, "constant")
                .filter(line -> !line.getLast().equals(constant(name + line.get(1), line.get(2))))
                .toList();

        // then
        assertThat(wrong).as(architecture).isEmpty();
    }

    private static Map<String, StructLayout> layouts(String architecture) {
        var layouts = new HashMap<String, StructLayout>();
        Stream.of(
                        SysLayouts.MSGHDR,
                        SysLayouts.IOVEC,
                        SysLayouts.CMSGHDR,
                        SysLayouts.SOCKADDR_IN,
                        SysLayouts.SOCKADDR_IN6,
                        SysLayouts.SOCKADDR_UN,
                        SysLayouts.UCRED,
                        SysLayouts.TIMEVAL,
                        SysLayouts.SOCK_FILTER,
                        SysLayouts.SOCK_FPROG,
                        SysLayouts.TCP_INFO,
                        SysLayouts.SIGINFO,
                        SysLayouts.epollEvent(architecture))
                .forEach(layout -> layouts.put(layout.name().orElseThrow(), layout));
        return layouts;
    }

    private static String java(Map<String, StructLayout> layouts, List<String> line) {
        var layout = Optional.ofNullable(layouts.get(line.get(1))).orElseThrow();
        long value = line.getFirst().equals("size") ? layout.byteSize() : SysLayouts.offset(layout, line.get(2));
        return Long.toString(value);
    }

    private static String constant(String owner, String name) {
        try {
            var field = Class.forName(owner).getDeclaredField(name);
            field.setAccessible(true);
            return String.valueOf(field.get(null));
        } catch (ReflectiveOperationException missing) {
            throw new LinkageError("no constant " + owner + "." + name, missing);
        }
    }

    private static Stream<List<String>> lines(String file, String... kinds) throws IOException {
        try (InputStream input = LayoutTest.class.getResourceAsStream("/layout-" + file + ".txt")) {
            var text = new String(Optional.ofNullable(input).orElseThrow().readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .map(line -> List.of(line.split(" ")))
                    .filter(line -> List.of(kinds).contains(line.getFirst()));
        }
    }
}
