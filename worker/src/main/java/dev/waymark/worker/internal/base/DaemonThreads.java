package dev.waymark.worker.internal.base;

import java.util.concurrent.ThreadFactory;

/**
 * Creates the threads of a worker. They are daemon threads, so they do not keep the program
 * running.
 *
 * @param name the name of the threads
 */
public record DaemonThreads(String name) implements ThreadFactory {
  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
