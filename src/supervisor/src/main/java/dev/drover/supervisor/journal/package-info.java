/// What happened lately, for people and programs that look: Kubernetes' events of one supervisor.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.journal;
