package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.trials.ClaimChecks.Figures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Writers that create executions, and {@link Claimer}s that bring them to their ends, all on one
 * store whose server fails over meanwhile.
 */
final class FailoverLoad implements AutoCloseable {
  private static final WorkflowId WORKFLOW = new WorkflowId("failover");
  private static final Duration LONGEST_DRAIN = Duration.ofMinutes(3);
  private static final String JOURNAL = "claimers";
  private static final int WRITERS = 4;
  private static final int CLAIMERS = 8;

  /** Leaves the claimers enough time. */
  private static final long BETWEEN_COMMITS_NANOS = 20_000_000;

  private static final long RETRY_NANOS = 1_000_000;

  private final StateStore store;
  private final Path journals;
  private final ClaimJournal journal;
  private final Ids ids = Ids.system();
  private final List<Writer> writers = new ArrayList<>();
  private final List<Future<?>> claimers = new ArrayList<>();
  private final List<Future<?>> writing = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentSkipListSet<ExecutionId> acknowledged = new ConcurrentSkipListSet<>();
  private volatile boolean isFull;
  private volatile boolean isOver;

  /** Begins to work. */
  FailoverLoad(StateStore store, Path journals, long seed) {
    this.store = store;
    this.journals = journals;
    this.journal = new ClaimJournal(journals.resolve(JOURNAL));
    store.saveWorkflow(new NewWorkflow(WORKFLOW, "as it comes"));
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < WRITERS; i++) {
      Writer writer = new Writer();
      writers.add(writer);
      writing.add(threads.submit(writer));
    }
    for (int i = 0; i < CLAIMERS; i++) {
      Claimer claimer = new Claimer(JOURNAL + "-" + i, store, journal, random.split());
      claimers.add(threads.submit(() -> claimer.work(() -> isOver)));
    }
  }

  /** Creates executions one after the other, and repeats each commit until it is answered. */
  private final class Writer implements Runnable {
    private final Queue<Long> answers = new ConcurrentLinkedQueue<>();
    private final AtomicLong commits = new AtomicLong();

    @Override
    public void run() {
      while (!isFull) {
        ExecutionId execution = ids.executionId();
        TaskRunId taskRun = ids.taskRunId();
        commit(
            ChangeSet.builder()
                .createExecution(new NewExecution(execution, WORKFLOW))
                .createTaskRun(new NewTaskRun(taskRun, execution, new TaskId("a")))
                .readyTaskRun(taskRun)
                .build());
        acknowledged.add(execution);
        answers.add(System.nanoTime());
        commits.incrementAndGet();
        LockSupport.parkNanos(BETWEEN_COMMITS_NANOS);
      }
    }

    private void commit(ChangeSet changes) {
      while (true) {
        try {
          store.commit(changes);
          return;
        } catch (StoreUnavailableException e) {
          LockSupport.parkNanos(RETRY_NANOS);
        }
      }
    }
  }

  /** A number of commits that each writer has to reach. */
  interface Progress {
    /** Whether each writer has made as many commits. */
    boolean isReached();
  }

  /** That each writer makes this number of commits from now on. */
  Progress after(int more) {
    List<Long> wanted = writers.stream().map(writer -> writer.commits.get() + more).toList();
    return () ->
        IntStream.range(0, WRITERS).allMatch(i -> writers.get(i).commits.get() >= wanted.get(i));
  }

  /** The time of the first answer after this moment, of the writer that received it last. */
  long lastReturn(long since) {
    return writers.stream().mapToLong(writer -> firstAnswer(writer, since)).max().orElseThrow();
  }

  private static long firstAnswer(Writer writer, long since) {
    return writer.answers.stream()
        .mapToLong(answer -> answer)
        .filter(answer -> answer - since >= 0)
        .min()
        .orElse(since);
  }

  /** Waits until everything has ended, stops, and compares the answers with the store. */
  String finish() throws InterruptedException {
    isFull = true;
    join(writing);
    assertThat(Await.within(LONGEST_DRAIN, () -> live() == 0)).as("all end: %s", this).isTrue();
    isOver = true;
    join(claimers);
    // A claim that is repeated after a lost answer may have claimed twice, and returns one result.
    IntStream.range(0, CLAIMERS).forEach(i -> journal.unanswered(JOURNAL + "-" + i));
    journal.stopped();
    Figures figures = ClaimChecks.check(store, journals, ClaimLoad.SLOTS);
    assertThat(acknowledged).as("acknowledged").allMatch(id -> store.execution(id) != null);
    assertThat(figures.executions()).as("executions").isEqualTo(acknowledged.size());
    return figures.toString();
  }

  private static void join(List<Future<?>> running) throws InterruptedException {
    for (Future<?> each : running) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new AssertionError("a thread failed", e.getCause());
      }
    }
  }

  private long live() {
    return store
        .executions(
            ExecutionQuery.builder()
                .states(ExecutionState.PENDING, ExecutionState.RUNNING)
                .limit(1)
                .build())
        .total();
  }

  @Override
  public String toString() {
    return "%d executions created, by writers that made %s commits, %d claimers failed"
        .formatted(
            acknowledged.size(),
            writers.stream().map(writer -> writer.commits).toList(),
            claimers.stream().filter(Future::isDone).count());
  }

  /** Ends the threads. */
  @Override
  public void close() {
    isFull = true;
    isOver = true;
    threads.shutdown();
    journal.close();
  }
}
