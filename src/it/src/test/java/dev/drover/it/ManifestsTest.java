package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Manifests;
import dev.drover.master.metrics.Metric;
import dev.drover.poolfile.Defaults;
import dev.drover.poolfile.PoolFiles;
import dev.drover.poolfile.Problem;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1SeccompProfile;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `deploy/` says is what Kubernetes knows, what its `restricted` standard allows, and the same in every place.
class ManifestsTest {
    private static final Path DEPLOY =
            DroverProcess.home().toAbsolutePath().getParent().resolveSibling("deploy");

    /// What the master takes after the grace of its pools.
    private static final int OWN_END_SECONDS = 2;

    private static final int LAME_DUCK_SECONDS = 5;

    /// Fails for a field that Kubernetes does not know, anywhere in the resource.
    @FunctionalInterface
    private interface Strict {
        void validate(JsonElement resource) throws IOException;
    }

    /// Of what Prometheus Operator v0.80 knows, as much as is used; `*` is any name, of an element of a list nothing.
    private static final Set<String> POD_MONITOR = Set.of(
            "spec.selector.matchLabels.*",
            "spec.podMetricsEndpoints.port",
            "spec.podMetricsEndpoints.path",
            "spec.podMetricsEndpoints.interval",
            "spec.podMetricsEndpoints.scrapeTimeout");

    private static final Set<String> PROMETHEUS_RULE = Set.of(
            "spec.groups.name",
            "spec.groups.rules.alert",
            "spec.groups.rules.expr",
            "spec.groups.rules.for",
            "spec.groups.rules.labels.*",
            "spec.groups.rules.annotations.*");

    private static final Set<String> EVERYWHERE = Set.of("apiVersion", "kind", "metadata.name", "metadata.labels.*");

    private static final Pattern METRIC = Pattern.compile("\\b(drover_[a-z_]+)(?:\\{([^}]*)})?");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)(?:=~|!=|!~|=)");

    /// What Prometheus adds to every series of a Pod, and to a histogram.
    private static final Set<String> ADDED = Set.of("namespace", "pod", "le");

    private static final Map<String, Strict> KINDS = Map.of(
            "ConfigMap", V1ConfigMap::validateJsonElement,
            "Deployment", V1Deployment::validateJsonElement,
            "HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::validateJsonElement,
            "NetworkPolicy", V1NetworkPolicy::validateJsonElement,
            "Pod", V1Pod::validateJsonElement,
            "PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
            "PodMonitor", resource -> knownFields(resource, POD_MONITOR),
            "PrometheusRule", resource -> knownFields(resource, PROMETHEUS_RULE),
            "Service", V1Service::validateJsonElement,
            "ServiceAccount", V1ServiceAccount::validateJsonElement);

    @TempDir
    Path directory;

    private static void knownFields(JsonElement resource, Set<String> known) {
        fields("", resource).forEach(field -> {
            if (Stream.concat(known.stream(), EVERYWHERE.stream()).noneMatch(one -> isOf(one, field))) {
                throw new IllegalArgumentException("unknown field " + field);
            }
        });
    }

    private static boolean isOf(String known, String field) {
        return known.endsWith("*") ? field.startsWith(known.substring(0, known.length() - 1)) : field.equals(known);
    }

    private static Stream<String> fields(String path, JsonElement value) {
        if (value.isJsonObject()) {
            var prefix = path.isEmpty() ? "" : path + ".";
            return value.getAsJsonObject().entrySet().stream()
                    .flatMap(entry -> fields(prefix + entry.getKey(), entry.getValue()));
        }
        if (value.isJsonArray()) {
            return value.getAsJsonArray().asList().stream().flatMap(element -> fields(path, element));
        }
        return Stream.of(path);
    }

    /// Every file of resources; kustomizations are none, and the pool file is Drover's.
    private static List<Path> files() throws IOException {
        try (var files = Files.walk(DEPLOY)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !List.of("kustomization.yaml", "pool.yaml", "compose.yaml")
                            .contains(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFieldIsOneThatKubernetesKnows(Path file) throws IOException {
        for (var resource : Manifests.read(file)) {
            validate(resource);
        }
    }

    private static void validate(Map<String, Object> resource) throws IOException {
        var kind = String.valueOf(resource.get("kind"));
        assertThat(KINDS).containsKey(kind);
        Optional.ofNullable(KINDS.get(kind)).orElseThrow().validate(new Gson().toJsonTree(resource));
    }

    @Test
    void anUnknownFieldDeepInAResourceIsNoticed() throws IOException {
        // given
        var wrong = Files.writeString(
                directory.resolve("wrong.yaml"),
                Files.readString(DEPLOY.resolve("base/deployment.yaml")).replace("periodSeconds", "periodSecond"));

        // when
        var resource = Manifests.read(wrong).getFirst();

        // then
        assertThatThrownBy(() -> V1Deployment.validateJsonElement(new Gson().toJsonTree(resource)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("periodSecond");
    }

    private static V1PodSpec podSpec(String file, String kind) throws IOException {
        var json = Manifests.read(DEPLOY.resolve(file)).stream()
                .filter(resource -> kind.equals(resource.get("kind")))
                .map(resource -> new Gson().toJson(resource))
                .findFirst()
                .orElseThrow();
        return kind.equals("Pod")
                ? V1Pod.fromJson(json).getSpec()
                : V1Deployment.fromJson(json).getSpec().getTemplate().getSpec();
    }

    private static Stream<V1PodSpec> podSpecs() throws IOException {
        return Stream.of(podSpec("drover.yaml", "Deployment"), podSpec("kube-play.yaml", "Pod"));
    }

    /// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    @ParameterizedTest
    @MethodSource("podSpecs")
    void thePodKeepsTheRestrictedStandard(V1PodSpec pod) {
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getHostIPC()).isNull();
        assertThat(Stream.concat(
                        pod.getContainers().stream(),
                        Optional.ofNullable(pod.getInitContainers()).orElse(List.of()).stream()))
                .allSatisfy(container -> {
                    var context = container.getSecurityContext();
                    assertThat(context.getAllowPrivilegeEscalation()).isFalse();
                    assertThat(context.getPrivileged()).isNull();
                    assertThat(context.getReadOnlyRootFilesystem()).isTrue();
                    assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
                    assertThat(context.getCapabilities().getAdd()).isNullOrEmpty();
                    assertThat(runsAsNonRoot(pod, container)).isTrue();
                    assertThat(seccomp(pod, container)).isEqualTo("RuntimeDefault");
                    assertThat(container.getImagePullPolicy()).isEqualTo("IfNotPresent");
                });
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getVolumes())
                .allSatisfy(volume -> assertThat(volume.getConfigMap() != null || volume.getEmptyDir() != null)
                        .isTrue());
    }

    private static boolean runsAsNonRoot(V1PodSpec pod, V1Container container) {
        return Boolean.TRUE.equals(container.getSecurityContext().getRunAsNonRoot())
                || (pod.getSecurityContext() != null
                        && Boolean.TRUE.equals(pod.getSecurityContext().getRunAsNonRoot()));
    }

    private static String seccomp(V1PodSpec pod, V1Container container) {
        return Optional.ofNullable(container.getSecurityContext().getSeccompProfile())
                .or(() -> Optional.ofNullable(pod.getSecurityContext()).map(context -> context.getSeccompProfile()))
                .map(V1SeccompProfile::getType)
                .orElse("none");
    }

    /// What a container of the pools in `base` needs to stop in good order.
    static int neededGraceSeconds() throws IOException {
        var pools = PoolFiles.read(List.of(DEPLOY.resolve("base/pool.yaml")));
        assertThat(pools.problems()).extracting(Problem::toString).isEmpty();
        int grace = pools.pools().stream()
                .map(Defaults::of)
                .mapToInt(pool -> pool.getSpec().getTerminationGracePeriodSeconds())
                .max()
                .orElseThrow();
        return LAME_DUCK_SECONDS + grace + OWN_END_SECONDS;
    }

    @ParameterizedTest
    @MethodSource("podSpecs")
    void theGraceOfThePodIsToldAndLongEnough(V1PodSpec pod) throws IOException {
        // when
        var told = pod.getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals("DROVER_POD_GRACE_SECONDS"))
                .findFirst()
                .orElseThrow()
                .getValue();

        // then
        assertThat(told).isEqualTo(pod.getTerminationGracePeriodSeconds().toString());
        assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(neededGraceSeconds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base/deployment.yaml", "drover.yaml"})
    void aChangedConfigMapReachesTheContainerAndNoPodStopsBeforeItsSuccessorServes(String file) throws IOException {
        // when
        var deployment = Manifests.read(DEPLOY.resolve(file)).stream()
                .filter(resource -> "Deployment".equals(resource.get("kind")))
                .map(resource -> new Gson().toJson(resource))
                .findFirst()
                .orElseThrow();
        var spec = V1Deployment.fromJson(deployment).getSpec();
        var container = spec.getTemplate().getSpec().getContainers().getFirst();

        // then
        assertThat(container.getVolumeMounts())
                .allSatisfy(mount -> assertThat(mount.getSubPath()).isNull());
        assertThat(spec.getStrategy().getRollingUpdate().getMaxUnavailable().getIntValue())
                .isZero();
        assertThat(container.getLifecycle()).isNull();
        assertThat(Stream.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())
                        .map(probe -> probe.getHttpGet().getPath()))
                .containsExactly("/q/health/started", "/q/health/ready", "/q/health/live");
        assertThat(Files.readString(DEPLOY.resolve("base/kustomization.yaml"))).contains("disableNameSuffixHash: true");
    }

    /// Of alerts and dashboard.
    @ParameterizedTest
    @ValueSource(strings = {"prometheusrule.yaml", "drover.json"})
    void whatIsWatchedIsWhatTheMasterTells(String file) throws IOException {
        // given
        var text = Files.readString(DEPLOY.resolve("overlays/monitoring").resolve(file))
                .replace("\\\"", "\"");

        // when
        var asked = METRIC.matcher(text).results().toList();

        // then
        assertThat(asked).hasSizeGreaterThan(8).allSatisfy(found -> {
            var metric = metric(found.group(1));
            assertThat(metric).as(found.group(1)).isPresent();
            var labels = LABEL.matcher(Optional.ofNullable(found.group(2)).orElse(""))
                    .results()
                    .map(label -> label.group(1))
                    .filter(label -> !ADDED.contains(label));
            assertThat(labels).as(found.group()).isSubsetOf(metric.orElseThrow().labels());
        });
    }

    private static Optional<Metric> metric(String asked) {
        return Stream.of(Metric.values())
                .filter(metric -> Set.of(
                                metric.fullName(),
                                metric.fullName() + "_bucket",
                                metric.fullName() + "_count",
                                metric.fullName() + "_sum")
                        .contains(asked))
                .findFirst();
    }

    @Test
    void theDashboardIsOneAndItsPanelsDoNotOverlap() throws IOException {
        // when
        var dashboard = JsonParser.parseString(Files.readString(DEPLOY.resolve("overlays/monitoring/drover.json")))
                .getAsJsonObject();

        // then
        assertThat(dashboard.get("uid").getAsString()).isEqualTo("drover");
        assertThat(dashboard.getAsJsonArray("panels").asList().stream()
                        .map(panel -> panel.getAsJsonObject().get("gridPos").toString()))
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(10);
        assertThat(dashboard.getAsJsonArray("panels").asList().stream()
                        .map(panel -> panel.getAsJsonObject().get("id").getAsInt()))
                .doesNotHaveDuplicates();
    }

    @Test
    void prometheusMayReachThePortThatIsScraped() throws IOException {
        // when
        var policy = Manifests.read(DEPLOY.resolve("overlays/monitoring/networkpolicy.yaml"))
                .getFirst();
        var monitor = Manifests.read(DEPLOY.resolve("overlays/monitoring/podmonitor.yaml"))
                .getFirst();

        // then
        assertThat(policy.toString()).contains("port=management", "app.kubernetes.io/name=drover");
        assertThat(monitor.toString()).contains("port=management", "path=/q/metrics", "app.kubernetes.io/name=drover");
        assertThat(podSpec("drover.yaml", "Deployment")
                        .getContainers()
                        .getFirst()
                        .getPorts())
                .anyMatch(port -> "management".equals(port.getName()));
    }

    /// The kustomization puts the resources of `base` together, makes the ConfigMap of the pool file, and labels all.
    @Test
    void theRenderedFileIsWhatTheKustomizationSays() throws IOException {
        // given
        var base = DEPLOY.resolve("base");
        var expected = Manifests.labelled(Manifests.resources(base), Map.of("app.kubernetes.io/name", "drover"));
        var pools = Manifests.labelled(
                List.of(Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "ConfigMap",
                        "metadata",
                        Map.of("name", "drover-pools"),
                        "data",
                        Map.of("pool.yaml", Files.readString(base.resolve("pool.yaml"))))),
                Map.of("app.kubernetes.io/name", "drover"));

        // when
        var rendered = Manifests.read(DEPLOY.resolve("drover.yaml"));

        // then
        assertThat(rendered)
                .as("render it again: kubectl kustomize deploy/overlays/default >deploy/drover.yaml")
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(expected.stream(), pools.stream()).toList());
    }

    /// What kubectl makes of an overlay.
    private List<Map<String, Object>> rendered(String overlay) throws IOException, InterruptedException {
        var file = directory.resolve(overlay + ".yaml");
        var kubectl = new ProcessBuilder(
                        "kubectl",
                        "kustomize",
                        DEPLOY.resolve("overlays").resolve(overlay).toString())
                .redirectOutput(file.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(kubectl.waitFor()).isZero();
        return Manifests.read(file);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"default", "autoscale", "monitoring"})
    void kubectlRendersEveryOverlayAndKubernetesKnowsEveryField(String overlay) throws Exception {
        for (var resource : rendered(overlay)) {
            validate(resource);
        }
    }

    @Tag("slow")
    @Test
    void kubectlMakesTheRenderedFileOfTheDefault() throws Exception {
        assertThat(Manifests.read(DEPLOY.resolve("drover.yaml")))
                .containsExactlyInAnyOrderElementsOf(rendered("default"));
    }

    @Tag("slow")
    @Test
    void withTheAutoscalerNobodyElseSaysHowManyPodsThereAre() throws Exception {
        // given
        var expected =
                rendered("default").stream().map(ManifestsTest::withoutReplicas).toList();

        // when
        var autoscaled = rendered("autoscale");

        // then
        assertThat(autoscaled).containsAll(expected);
        assertThat(autoscaled.stream()
                        .filter(resource -> !expected.contains(resource))
                        .map(resource -> resource.get("kind")))
                .containsExactly("HorizontalPodAutoscaler");
    }

    private static Map<String, Object> withoutReplicas(Map<String, Object> resource) {
        if (!(resource.get("spec") instanceof Map<?, ?> spec) || !"Deployment".equals(resource.get("kind"))) {
            return resource;
        }
        var without = new LinkedHashMap<Object, Object>(spec);
        without.remove("replicas");
        var changed = new LinkedHashMap<>(resource);
        changed.put("spec", without);
        return changed;
    }
}
