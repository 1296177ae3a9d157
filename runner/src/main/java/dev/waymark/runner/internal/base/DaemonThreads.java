package dev.waymark.runner.internal.base;

import java.util.concurrent.ThreadFactory;

/**
 * Makes the threads of a runner, none of which keeps its program from ending.
 *
 * @param name what a thread is called
 */
public record DaemonThreads(String name) implements ThreadFactory {
  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
