package dev.drover.cli;

import dev.drover.protocol.control.v1.ControlServiceGrpc.ControlServiceBlockingStub;
import dev.drover.protocol.control.v1.GetPoolRequest;
import dev.drover.protocol.control.v1.ListPoolsRequest;
import dev.drover.protocol.control.v1.ListSocketsRequest;
import dev.drover.protocol.control.v1.ListWorkersRequest;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.List;
import java.util.function.Function;

/// What a master has, asked for one purpose.
///
/// @param purpose what is told where a call fails, `get pools`
record Listings(MasterClient master, String purpose) {

    <T> T call(Function<ControlServiceBlockingStub, T> call) {
        return master.call(purpose, call);
    }

    WorkerPool pool(String name) {
        var request = GetPoolRequest.newBuilder().setName(name).build();
        return call(stub -> stub.getPool(request)).getPool();
    }

    /// @param labels which ones; empty: all
    List<WorkerPool> pools(String labels) {
        var request = ListPoolsRequest.newBuilder().setLabelSelector(labels).build();
        return call(stub -> stub.listPools(request)).getPoolsList();
    }

    /// @param pool whose; empty: of all
    /// @param labels of the pools whose they are; empty: all
    List<Worker> workers(String pool, String labels) {
        var request = ListWorkersRequest.newBuilder()
                .setPool(pool)
                .setLabelSelector(labels)
                .build();
        return call(stub -> stub.listWorkers(request)).getWorkersList();
    }

    /// @param labels of the pools whose they are; empty: all
    List<Socket> sockets(String labels) {
        var request = ListSocketsRequest.newBuilder().setLabelSelector(labels).build();
        return call(stub -> stub.listSockets(request)).getSocketsList();
    }
}
