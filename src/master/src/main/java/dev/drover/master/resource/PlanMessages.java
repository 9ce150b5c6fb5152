package dev.drover.master.resource;

import dev.drover.protocol.control.v1.Operation;
import dev.drover.protocol.control.v1.PoolAdded;
import dev.drover.protocol.control.v1.PoolRemoved;
import dev.drover.protocol.control.v1.PoolScaled;
import dev.drover.protocol.control.v1.RevisionMade;
import dev.drover.protocol.control.v1.SettingsChanged;
import dev.drover.protocol.control.v1.SocketAdded;
import dev.drover.protocol.control.v1.SocketChanged;
import dev.drover.protocol.control.v1.SocketRemoved;

/// Plans as the control API tells them.
public final class PlanMessages {
    private PlanMessages() {}

    /// One operation.
    public static Operation of(dev.drover.supervisor.plan.Operation operation) {
        var message = Operation.newBuilder().setPool(operation.pool()).setWords(operation.words());
        switch (operation) {
            case dev.drover.supervisor.plan.Operation.PoolRemoved _ ->
                message.setPoolRemoved(PoolRemoved.getDefaultInstance());
            case dev.drover.supervisor.plan.Operation.SocketRemoved(var _, var socket) ->
                message.setSocketRemoved(SocketRemoved.newBuilder().setSocket(socket));
            case dev.drover.supervisor.plan.Operation.SocketChanged changed ->
                message.setSocketChanged(SocketChanged.newBuilder()
                        .setSocket(changed.after().name())
                        .addAllChanges(changed.changes()));
            case dev.drover.supervisor.plan.Operation.SocketAdded(var _, var socket) ->
                message.setSocketAdded(SocketAdded.newBuilder().setSocket(socket.name()));
            case dev.drover.supervisor.plan.Operation.SettingsChanged(var _, var changes) ->
                message.setSettingsChanged(SettingsChanged.newBuilder().addAllChanges(changes));
            case dev.drover.supervisor.plan.Operation.Scale(var _, var from, var to) ->
                message.setPoolScaled(PoolScaled.newBuilder().setFrom(from).setTo(to));
            case dev.drover.supervisor.plan.Operation.NewRevision(var _, var changes) ->
                message.setRevisionMade(RevisionMade.newBuilder().addAllChanges(changes));
            case dev.drover.supervisor.plan.Operation.PoolAdded _ ->
                message.setPoolAdded(PoolAdded.getDefaultInstance());
        }
        return message.build();
    }
}
