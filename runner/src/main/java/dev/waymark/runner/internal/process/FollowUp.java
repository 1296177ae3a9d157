package dev.waymark.runner.internal.process;

/** What a handler has asked for: what follows when the attempt has succeeded. */
public sealed interface FollowUp permits HandlerWait, NextIteration, Continuation {}
