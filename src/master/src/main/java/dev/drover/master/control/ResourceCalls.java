package dev.drover.master.control;

import dev.drover.protocol.control.v1.ChangeType;
import dev.drover.protocol.control.v1.GetPoolRequest;
import dev.drover.protocol.control.v1.GetPoolResponse;
import dev.drover.protocol.control.v1.ListPoolsRequest;
import dev.drover.protocol.control.v1.ListPoolsResponse;
import dev.drover.protocol.control.v1.ListSocketsRequest;
import dev.drover.protocol.control.v1.ListSocketsResponse;
import dev.drover.protocol.control.v1.ListWorkersRequest;
import dev.drover.protocol.control.v1.ListWorkersResponse;
import dev.drover.protocol.control.v1.WatchPoolsRequest;
import dev.drover.protocol.control.v1.WatchPoolsResponse;
import dev.drover.protocol.control.v1.WatchSocketsRequest;
import dev.drover.protocol.control.v1.WatchSocketsResponse;
import dev.drover.protocol.control.v1.WatchWorkersRequest;
import dev.drover.protocol.control.v1.WatchWorkersResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// The calls that tell pools, workers and sockets, once or as they change.
final class ResourceCalls {
    private final Feed feed;
    private final Watches watches;

    ResourceCalls(Feed feed, Watches watches) {
        this.feed = feed;
        this.watches = watches;
    }

    /// Any thread; waits for the loop, as the lists do.
    Reply<GetPoolResponse> get(GetPoolRequest request) {
        if (request.getName().isEmpty()) {
            return new Reply.Refused<>(new Refusal.FieldMissing("name"));
        }
        try {
            return feed.now(Feed.POOLS).items().stream()
                    .filter(item -> item.pool().equals(request.getName()))
                    .<Reply<GetPoolResponse>>map(item -> new Reply.Done<>(
                            GetPoolResponse.newBuilder().setPool(item.message()).build()))
                    .findFirst()
                    .orElseGet(() -> new Reply.Refused<>(new Refusal.NoSuchPool(request.getName())));
        } catch (CallRefused refused) {
            return new Reply.Refused<>(refused.refusal());
        }
    }

    Reply<ListPoolsResponse> list(ListPoolsRequest request) {
        return list(
                Feed.POOLS,
                "",
                request.getLabelSelector(),
                (pools, version) -> ListPoolsResponse.newBuilder()
                        .addAllPools(pools)
                        .setResourceVersion(version)
                        .build());
    }

    Reply<ListWorkersResponse> list(ListWorkersRequest request) {
        return list(
                Feed.WORKERS,
                request.getPool(),
                request.getLabelSelector(),
                (workers, version) -> ListWorkersResponse.newBuilder()
                        .addAllWorkers(workers)
                        .setResourceVersion(version)
                        .build());
    }

    Reply<ListSocketsResponse> list(ListSocketsRequest request) {
        return list(
                Feed.SOCKETS,
                request.getPool(),
                request.getLabelSelector(),
                (sockets, version) -> ListSocketsResponse.newBuilder()
                        .addAllSockets(sockets)
                        .setResourceVersion(version)
                        .build());
    }

    private <T, R> Reply<R> list(
            Feed.Kind<T> kind, String pool, String selector, BiFunction<List<T>, String, R> message) {
        try {
            var choice = Choice.of(pool, selector);
            var now = feed.now(kind);
            var items = now.items().stream()
                    .filter(choice::fits)
                    .map(Feed.Item::message)
                    .toList();
            if (!pool.isEmpty() && items.isEmpty() && !feed.hasPool(pool)) {
                return new Reply.Refused<>(new Refusal.NoSuchPool(pool));
            }
            return new Reply.Done<>(message.apply(items, Long.toString(now.last())));
        } catch (CallRefused refused) {
            return new Reply.Refused<>(refused.refusal());
        }
    }

    /// Begins a watch; to be called where gRPC calls.
    void watch(WatchPoolsRequest request, ServerCallStreamObserver<WatchPoolsResponse> observer) {
        watches.start(
                "WatchPools",
                observer,
                () -> tell(
                        Feed.POOLS,
                        Choice.of("", request.getLabelSelector()),
                        request.getResourceVersion(),
                        observer,
                        (type, pool, version) -> {
                            var response = WatchPoolsResponse.newBuilder()
                                    .setType(type)
                                    .setResourceVersion(version);
                            pool.ifPresent(response::setPool);
                            return response.build();
                        }));
    }

    /// Begins a watch; to be called where gRPC calls.
    void watch(WatchWorkersRequest request, ServerCallStreamObserver<WatchWorkersResponse> observer) {
        watches.start(
                "WatchWorkers",
                observer,
                () -> tell(
                        Feed.WORKERS,
                        Choice.of(request.getPool(), request.getLabelSelector()),
                        request.getResourceVersion(),
                        observer,
                        (type, worker, version) -> {
                            var response = WatchWorkersResponse.newBuilder()
                                    .setType(type)
                                    .setResourceVersion(version);
                            worker.ifPresent(response::setWorker);
                            return response.build();
                        }));
    }

    /// Begins a watch; to be called where gRPC calls.
    void watch(WatchSocketsRequest request, ServerCallStreamObserver<WatchSocketsResponse> observer) {
        watches.start(
                "WatchSockets",
                observer,
                () -> tell(
                        Feed.SOCKETS,
                        Choice.of(request.getPool(), request.getLabelSelector()),
                        request.getResourceVersion(),
                        observer,
                        (type, socket, version) -> {
                            var response = WatchSocketsResponse.newBuilder()
                                    .setType(type)
                                    .setResourceVersion(version);
                            socket.ifPresent(response::setSocket);
                            return response.build();
                        }));
    }

    /// Which things are meant.
    ///
    /// @param pool empty: of every pool
    private record Choice(String pool, LabelSelector selector) {
        static Choice of(String pool, String selector) throws CallRefused {
            return new Choice(pool, LabelSelector.parse(selector));
        }

        boolean fits(Feed.Item<?> item) {
            return (pool.isEmpty() || pool.equals(item.pool())) && selector.fits(item.labels());
        }
    }

    /// Makes the response of a watch.
    private interface Response<T, R> {
        R of(ChangeType type, Optional<T> message, String version);
    }

    /// While its reader does not read it keeps nothing for it: it reads on in the log of changes as fast as the reader
    /// does.
    private <T, R> void tell(
            Feed.Kind<T> kind,
            Choice choice,
            String version,
            ServerCallStreamObserver<R> observer,
            Response<T, R> response)
            throws CallRefused, InterruptedException {
        long read =
                version.isEmpty() ? tellEverything(kind, choice, observer, response) : ResourceVersions.parse(version);
        while (true) {
            for (var change : feed.after(kind, read)) {
                read = change.sequence();
                var before = change.before().filter(choice::fits);
                var after = change.after().filter(choice::fits);
                if (before.isPresent() || after.isPresent()) {
                    Watches.awaitReady(observer);
                    observer.onNext(response.of(
                            type(before.isPresent(), after.isPresent()),
                            after.or(change::before).map(Feed.Item::message),
                            Long.toString(read)));
                }
            }
            Watches.pause();
        }
    }

    /// @return from where to read on
    private <T, R> long tellEverything(
            Feed.Kind<T> kind, Choice choice, ServerCallStreamObserver<R> observer, Response<T, R> response)
            throws CallRefused, InterruptedException {
        var everything = feed.lately(kind);
        for (var item : everything.items()) {
            if (choice.fits(item)) {
                Watches.awaitReady(observer);
                observer.onNext(response.of(ChangeType.CHANGE_TYPE_ADDED, Optional.of(item.message()), ""));
            }
        }
        Watches.awaitReady(observer);
        observer.onNext(
                response.of(ChangeType.CHANGE_TYPE_BOOKMARK, Optional.empty(), Long.toString(everything.last())));
        return everything.last();
    }

    private static ChangeType type(boolean before, boolean after) {
        if (!before) {
            return ChangeType.CHANGE_TYPE_ADDED;
        }
        return after ? ChangeType.CHANGE_TYPE_MODIFIED : ChangeType.CHANGE_TYPE_DELETED;
    }
}
