package dev.waymark.bench.commits;

import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The ceiling: plain JDBC with group commit. A caller that finds no leader becomes the leader. It
 * takes all waiting steps, writes them in one transaction, and wakes their callers. Nothing is
 * loaded, checked or decided.
 */
final class GroupCommitBaseline implements Implementation {
  /** Writes a group in one transaction. */
  interface Writer extends AutoCloseable {
    /** Returns when the whole group is durable. */
    void write(List<Entry> group) throws SQLException;

    Tally tally() throws SQLException;

    @Override
    void close() throws SQLException;
  }

  private static final int MAX_GROUP = 1_000;

  private final StoreLocation location;
  private final Writer writer;
  private final Object lock = new Object();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final ExecutorService pipeline = Threads.pool(1);
  private boolean led;

  GroupCommitBaseline(StoreLocation location, Writer writer) {
    this.location = location;
    this.writer = writer;
  }

  /** A step that waits, with the thread or the future that waits for it. */
  private static final class Waiting {
    private final Entry entry;
    private final @Nullable Thread caller;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile boolean woken;

    Waiting(Entry entry, @Nullable Thread caller) {
      this.entry = entry;
      this.caller = caller;
    }

    /** Waits until the step is durable, or until this caller is the next leader. */
    void await() {
      while (!woken) {
        LockSupport.park(this);
      }
    }

    void wake() {
      woken = true;
      LockSupport.unpark(caller);
    }
  }

  @Override
  public String name() {
    return "ceiling";
  }

  @Override
  public Committer committer() {
    return this::commit;
  }

  private void commit(Step step) {
    Waiting own = new Waiting(Entry.of(step), Thread.currentThread());
    boolean leads = enqueue(own);
    if (!leads) {
      own.await();
      leads = !own.done.isDone();
    }
    if (leads) {
      while (!own.done.isDone()) {
        writeNext();
      }
      handOver();
    }
    own.done.join();
  }

  @Override
  public CompletableFuture<?> commitAsync(Step step) {
    Waiting own = new Waiting(Entry.of(step), null);
    if (enqueue(own)) {
      pipeline.execute(this::writeAll);
    }
    return own.done;
  }

  /** Returns true when the caller must lead. */
  private boolean enqueue(Waiting own) {
    synchronized (lock) {
      queue.add(own);
      boolean leads = !led;
      led = true;
      return leads;
    }
  }

  /** Makes the first waiting caller the next leader. */
  private void handOver() {
    synchronized (lock) {
      Waiting next = queue.peekFirst();
      led = next != null;
      if (next != null && next.caller != null) {
        next.wake();
      } else if (next != null) {
        pipeline.execute(this::writeAll);
      }
    }
  }

  private void writeAll() {
    while (true) {
      writeNext();
      synchronized (lock) {
        if (queue.isEmpty()) {
          led = false;
          return;
        }
      }
    }
  }

  private void writeNext() {
    List<Waiting> group = new ArrayList<>();
    synchronized (lock) {
      while (group.size() < MAX_GROUP && !queue.isEmpty()) {
        group.add(queue.removeFirst());
      }
    }
    try {
      writer.write(group.stream().map(waiting -> waiting.entry).toList());
      group.forEach(this::answer);
    } catch (SQLException | RuntimeException e) {
      group.forEach(waiting -> waiting.done.completeExceptionally(e));
      group.forEach(Waiting::wake);
    }
  }

  private void answer(Waiting waiting) {
    waiting.done.complete(null);
    waiting.wake();
  }

  @Override
  public void settle() throws SQLException {
    location.analyze();
  }

  @Override
  public Tally tally() throws SQLException {
    return writer.tally();
  }

  @Override
  public void close() throws SQLException {
    pipeline.shutdown();
    writer.close();
  }
}
