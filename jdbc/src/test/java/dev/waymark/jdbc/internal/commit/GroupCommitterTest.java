package dev.waymark.jdbc.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewWorkflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Group commit")
class GroupCommitterTest {
  private static final Ids IDS = Ids.system();
  private final List<Integer> groups = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  @DisplayName("a single caller commits at once, in its own thread")
  void alone() {
    Thread caller = Thread.currentThread();
    GroupCommitter committer =
        newCommitter(
            group -> {
              assertThat(Thread.currentThread()).isSameAs(caller);
              answer(group);
            },
            Limits.defaults());
    assertThat(committer.commit(submission(0)).outcomes()).isEmpty();
    assertThat(groups).containsExactly(1);
  }

  @Test
  @DisplayName("callers that arrive during a commit form the next group")
  void together() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    GroupCommitter committer =
        newCommitter(group -> answerAfter(group, busy, goOn), Limits.defaults());
    List<Future<CommitResult>> answers = submitBehindBusyLeader(committer, busy, 9, 0);
    goOn.countDown();
    for (Future<CommitResult> answer : answers) {
      assertThat(answer.get(10, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(groups).containsExactly(1, 9);
  }

  @Test
  @DisplayName("a group is limited by its number of change sets")
  void boundedByNumber() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    GroupCommitter committer =
        newCommitter(group -> answerAfter(group, busy, goOn), Limits.builder().maxGroup(4).build());
    List<Future<CommitResult>> answers = submitBehindBusyLeader(committer, busy, 9, 0);
    goOn.countDown();
    for (Future<CommitResult> answer : answers) {
      answer.get(10, TimeUnit.SECONDS);
    }
    assertThat(groups).containsExactly(1, 4, 4, 1);
  }

  @Test
  @DisplayName("a group is limited by its number of bytes")
  void boundedByBytes() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    GroupCommitter committer =
        newCommitter(group -> answerAfter(group, busy, goOn), Limits.defaults());
    List<Future<CommitResult>> answers = submitBehindBusyLeader(committer, busy, 4, 6 << 20);
    goOn.countDown();
    for (Future<CommitResult> answer : answers) {
      answer.get(10, TimeUnit.SECONDS);
    }
    assertThat(groups).containsExactly(1, 2, 2);
  }

  @Test
  @DisplayName("an interrupted caller still receives its answer, and affects no other")
  void interrupted() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    GroupCommitter committer =
        newCommitter(group -> answerAfter(group, busy, goOn), Limits.defaults());
    List<Future<CommitResult>> answers = submitBehindBusyLeader(committer, busy, 2, 0);
    AtomicBoolean answeredAndInterrupted = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              committer.commit(submission(0));
              answeredAndInterrupted.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    awaitWaiting(caller);
    caller.interrupt();
    goOn.countDown();
    caller.join(10_000);
    assertThat(answeredAndInterrupted).isTrue();
    for (Future<CommitResult> answer : answers) {
      answer.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  @DisplayName("when a leader fails, its callers receive the error and the next caller leads")
  void failingLeader() {
    AtomicBoolean broken = new AtomicBoolean(true);
    GroupCommitter committer =
        newCommitter(
            group -> {
              if (broken.getAndSet(false)) {
                group.forEach(ticket -> ticket.fail(new IllegalStateException("broken")));
              } else {
                answer(group);
              }
            },
            Limits.defaults());
    assertThatThrownBy(() -> committer.commit(submission(0))).hasMessage("broken");
    assertThat(committer.commit(submission(0))).isNotNull();
  }

  @Test
  @DisplayName(
      "when a leader throws an error, all of its group receive an answer and the next caller leads")
  void brokenLeader() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean broken = new AtomicBoolean(true);
    GroupCommitter committer =
        newCommitter(
            group -> {
              if (group.size() > 1 && broken.getAndSet(false)) {
                throw new StackOverflowError();
              }
              answerAfter(group, busy, goOn);
            },
            Limits.defaults());
    List<Future<CommitResult>> answers = submitBehindBusyLeader(committer, busy, 5, 0);
    goOn.countDown();
    answers.remove(0).get(10, TimeUnit.SECONDS);
    int unknown = 0;
    for (Future<CommitResult> answer : answers) {
      Throwable error = catchThrowable(() -> answer.get(10, TimeUnit.SECONDS));
      assertThat(error).isInstanceOf(ExecutionException.class);
      unknown +=
          error.getCause() instanceof StoreUnavailableException e
                  && e.outcome() == StoreUnavailableException.Outcome.UNKNOWN
              ? 1
              : 0;
    }
    assertThat(unknown).as("the leader too").isEqualTo(answers.size());
    assertThat(committer.commit(submission(0))).isNotNull();
  }

  @Test
  @DisplayName(
      "without a caller that can lead, the background thread leads, in groups and in order")
  void background() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<Submission> committed = Collections.synchronizedList(new ArrayList<>());
    Thread caller = Thread.currentThread();
    GroupCommitter committer =
        newCommitter(
            group -> {
              assertThat(Thread.currentThread()).isNotSameAs(caller);
              group.forEach(ticket -> committed.add(ticket.submission()));
              answerAfter(group, busy, goOn);
            },
            Limits.builder().maxGroup(4).build());
    List<Submission> submitted = new ArrayList<>();
    List<CompletableFuture<CommitResult>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      submitted.add(submission(0));
      answers.add(committer.commitAsync(submitted.get(i)));
      assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
    }
    goOn.countDown();
    for (CompletableFuture<CommitResult> answer : answers) {
      answer.get(10, TimeUnit.SECONDS);
    }
    assertThat(groups).containsExactly(1, 4, 4, 1);
    assertThat(committed).isEqualTo(submitted);
    committer.close();
  }

  @Test
  @DisplayName("waiting callers and futures are in one queue, and lead in turn")
  void mixed() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    GroupCommitter committer =
        newCommitter(group -> answerAfter(group, busy, goOn), Limits.builder().maxGroup(2).build());
    List<Future<CommitResult>> answers = submitBehindBusyLeader(committer, busy, 3, 0);
    for (int i = 0; i < 4; i++) {
      answers.add(committer.commitAsync(submission(0)));
    }
    goOn.countDown();
    for (Future<CommitResult> answer : answers) {
      answer.get(10, TimeUnit.SECONDS);
    }
    assertThat(groups).containsExactly(1, 2, 2, 2, 1);
  }

  @Test
  @DisplayName("a full queue refuses the next change set, keeps the others, and accepts more later")
  void fullQueue() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    GroupCommitter committer =
        newCommitter(
            group -> answerAfter(group, busy, goOn), Limits.builder().maxWaiting(3).build());
    List<Future<CommitResult>> answers = submitBehindBusyLeader(committer, busy, 3, 0);
    assertThatThrownBy(() -> committer.commit(submission(0)))
        .isInstanceOf(StoreOverloadedException.class)
        .hasMessageContaining("3 change sets")
        .hasMessageContaining("maxWaiting 3");
    assertThatThrownBy(() -> committer.commitAsync(submission(0)))
        .isInstanceOf(StoreOverloadedException.class);
    goOn.countDown();
    for (Future<CommitResult> answer : answers) {
      answer.get(10, TimeUnit.SECONDS);
    }
    assertThat(groups).containsExactly(1, 3);
    assertThat(committer.commit(submission(0))).isNotNull();
  }

  @Test
  @DisplayName("a queue is also full by bytes, but never refuses the first change set")
  void fullOfBytes() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    GroupCommitter committer =
        newCommitter(
            group -> answerAfter(group, busy, goOn),
            Limits.builder().maxWaitingBytes(1_000).build());
    List<Future<CommitResult>> answers = submitBehindBusyLeader(committer, busy, 1, 5_000);
    assertThatThrownBy(() -> committer.commit(submission(100)))
        .isInstanceOf(StoreOverloadedException.class)
        .hasMessageContaining("maxWaitingBytes 1,000");
    goOn.countDown();
    for (Future<CommitResult> answer : answers) {
      answer.get(10, TimeUnit.SECONDS);
    }
  }

  /** A committer that commits one group at a time. */
  private static GroupCommitter newCommitter(Consumer<List<Ticket>> transaction, Limits limits) {
    return new GroupCommitter(
        transaction, new Turns(1), new InFlightGroups(1, changes -> null), limits);
  }

  private List<Future<CommitResult>> submitBehindBusyLeader(
      GroupCommitter committer, CountDownLatch busy, int followers, int bytes) throws Exception {
    List<Future<CommitResult>> answers = new ArrayList<>();
    answers.add(threads.submit(() -> committer.commit(submission(0))));
    assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < followers; i++) {
      Thread[] follower = new Thread[1];
      CountDownLatch started = new CountDownLatch(1);
      answers.add(
          threads.submit(
              () -> {
                follower[0] = Thread.currentThread();
                started.countDown();
                return committer.commit(submission(bytes));
              }));
      started.await();
      awaitWaiting(follower[0]);
    }
    return answers;
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private void answerAfter(List<Ticket> group, CountDownLatch busy, CountDownLatch goOn) {
    busy.countDown();
    try {
      goOn.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    answer(group);
  }

  private void answer(List<Ticket> group) {
    groups.add(group.size());
    for (Ticket ticket : group) {
      ticket.succeed(
          new CommitResult(ticket.submission().changes().id(), Instant.EPOCH, List.of()));
    }
  }

  private static Submission submission(int bytes) {
    NewWorkflow workflow = new NewWorkflow(new WorkflowId("w"), "x".repeat(bytes));
    ChangeSet changes = ChangeSet.builder(IDS.commitId()).saveWorkflow(workflow).build();
    return Submission.of(
        changes, Instant.EPOCH, Limits.builder().maxDefinitionBytes(16 << 20).build());
  }
}
