package dev.drover.poolfile;

import com.google.protobuf.Message;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/// Pools, and whatever else the control API tells, as the text people and scripts read.
///
/// Fields are named and left out as in proto JSON; whole numbers are written without a fraction.
public final class WorkerPools {

    private WorkerPools() {}

    /// One pool as a YAML document.
    public static String toYaml(WorkerPool pool) {
        return toYaml(List.of(pool));
    }

    /// One pool as a JSON object.
    public static String toJson(WorkerPool pool) {
        return Json.write(MessageTree.of(pool));
    }

    /// Each message as a YAML document of its own.
    public static String toYaml(List<? extends Message> messages) {
        var options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        var yaml = new Yaml(options);
        return messages.stream()
                .map(message -> yaml.dump(MessageTree.of(message)))
                .collect(Collectors.joining("---\n"));
    }

    /// Messages as one JSON object: the message itself where `messages` holds one, else a `kind: List` of them.
    public static String toJson(List<? extends Message> messages) {
        if (messages.size() == 1) {
            return Json.write(MessageTree.of(messages.getFirst()));
        }
        return toJsonList(messages);
    }

    /// Messages as a JSON `kind: List`, as kubectl writes them.
    public static String toJsonList(List<? extends Message> messages) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("apiVersion", "v1");
        list.put("kind", "List");
        list.put("items", messages.stream().map(MessageTree::of).toList());
        return Json.write(list);
    }
}
