package dev.waymark.jdbc.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.Ids;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Groups of claims")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClaimGroupsTest {
  private static final Claims NOTHING = new Claims(List.of(), List.of(), List.of(), null, null);

  /** The workers of each group, in the order in which the transactions began. */
  private final List<List<String>> groups = Collections.synchronizedList(new ArrayList<>());

  private final CountDownLatch first = new CountDownLatch(1);

  /** A claim of another thread. */
  private static final class Claimer extends FutureTask<Claims> {
    final Thread thread = new Thread(this);

    Claimer(ClaimGroups claims, ClaimRequest request) {
      super(() -> claims.claim(request));
      thread.start();
    }

    Claims result() throws Exception {
      return get(30, TimeUnit.SECONDS);
    }
  }

  private static ClaimRequest request(String worker, int limit, String pool) {
    return new ClaimRequest(worker, limit, Duration.ofMinutes(1), Set.of(pool));
  }

  private static void answer(List<ClaimTicket> group) {
    group.forEach(ticket -> ticket.succeed(NOTHING));
  }

  private List<String> record(List<ClaimTicket> group) {
    List<String> workers = group.stream().map(ticket -> ticket.request().worker()).toList();
    groups.add(workers);
    return workers;
  }

  /** Groups whose first one lasts until {@link #first} is counted down. */
  private ClaimGroups groups(int mostLeaders, int mostTaken, Consumer<List<ClaimTicket>> later) {
    return new ClaimGroups(
        group -> {
          if (record(group).contains("first")) {
            awaitFirst();
            answer(group);
          } else {
            later.accept(group);
          }
        },
        new Turns(mostLeaders),
        mostLeaders,
        mostTaken);
  }

  private void awaitFirst() {
    try {
      first.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Claims in another thread, and waits until that waits. */
  private static Claimer claim(ClaimGroups claims, ClaimRequest request) {
    Claimer claimer = new Claimer(claims, request);
    while (claimer.thread.getState() != Thread.State.WAITING && !claimer.isDone()) {
      Thread.onSpinWait();
    }
    return claimer;
  }

  @Test
  @DisplayName("a single claim runs at once, in the thread of its caller")
  void alone() {
    List<Thread> ran = new ArrayList<>();
    ClaimGroups claims =
        new ClaimGroups(
            group -> {
              ran.add(Thread.currentThread());
              answer(group);
            },
            new Turns(1),
            1,
            100);
    assertThat(claims.claim(request("w", 1, "a"))).isSameAs(NOTHING);
    assertThat(claims.claim(request("w", 1, "a"))).isSameAs(NOTHING);
    assertThat(ran).containsExactly(Thread.currentThread(), Thread.currentThread());
  }

  @Test
  @DisplayName("claims that wait together are groups by their pools, in the order of the queue")
  void together() throws Exception {
    ClaimGroups claims = groups(1, 100, ClaimGroupsTest::answer);
    List<Claimer> claimers = new ArrayList<>();
    claimers.add(claim(claims, request("first", 1, "a")));
    for (int i = 0; i < 5; i++) {
      claimers.add(claim(claims, request("w" + i, 1, i % 2 == 0 ? "a" : "b")));
    }
    first.countDown();
    for (Claimer claimer : claimers) {
      assertThat(claimer.result()).isSameAs(NOTHING);
    }
    assertThat(groups)
        .containsExactly(List.of("first"), List.of("w0", "w2", "w4"), List.of("w1", "w3"));
  }

  @Test
  @DisplayName("a group asks for no more task runs than one claim may, and no claim is overtaken")
  void bounded() throws Exception {
    ClaimGroups claims = groups(1, 10, ClaimGroupsTest::answer);
    List<Claimer> claimers = new ArrayList<>();
    claimers.add(claim(claims, request("first", 1, "a")));
    int[] limits = {4, 0, 6, 5, 6, 1};
    for (int i = 0; i < limits.length; i++) {
      claimers.add(claim(claims, request("w" + i, limits[i], "a")));
    }
    first.countDown();
    for (Claimer claimer : claimers) {
      claimer.result();
    }
    assertThat(groups)
        .containsExactly(
            List.of("first"), List.of("w0", "w1", "w2"), List.of("w3"), List.of("w4", "w5"));
  }

  @Test
  @DisplayName("with two leaders, a second group starts as soon as it is as large as the first")
  void twoLeaders() throws Exception {
    ClaimGroups claims = groups(2, 100, ClaimGroupsTest::answer);
    Claimer blocked = claim(claims, request("first", 1, "a"));
    claim(claims, request("second", 1, "a")).result();
    assertThat(blocked).isNotDone();
    first.countDown();
    blocked.result();
    assertThat(groups).containsExactly(List.of("first"), List.of("second"));
  }

  @Test
  @DisplayName("claims that arrive while their leader waits for its turn are part of its group")
  void waitingForATurn() throws Exception {
    Turns turns = new Turns(1);
    ClaimGroups claims =
        new ClaimGroups(
            group -> {
              var unused = record(group);
              answer(group);
            },
            turns,
            1,
            100);
    turns.take(); // as a group of commits does
    Claimer leader = claim(claims, request("leader", 1, "a"));
    Claimer follower = claim(claims, request("follower", 1, "a"));
    assertThat(groups).isEmpty();
    turns.giveBack();
    leader.result();
    follower.result();
    assertThat(groups).containsExactly(List.of("leader", "follower"));
    claims.claim(request("later", 1, "a"));
    assertThat(groups).hasSize(2);
  }

  @Test
  @DisplayName("claims that their group sends alone run in their own threads")
  void sentAlone() throws Exception {
    List<Thread> ran = Collections.synchronizedList(new ArrayList<>());
    ClaimGroups claims =
        groups(
            1,
            100,
            group -> {
              if (group.size() > 1) {
                group.forEach(ClaimTicket::sendAlone);
              } else {
                ran.add(Thread.currentThread());
                answer(group);
              }
            });
    claim(claims, request("first", 1, "a"));
    Claimer one = claim(claims, request("one", 1, "a"));
    Claimer other = claim(claims, request("other", 1, "a"));
    first.countDown();
    one.result();
    other.result();
    assertThat(ran).containsExactlyInAnyOrder(one.thread, other.thread);
  }

  @Test
  @DisplayName("a claim that was sent alone is answered as if its group had not been")
  void answeredAlone() throws Exception {
    ClaimGroups claims =
        groups(
            1,
            100,
            group -> {
              if (group.size() > 1) {
                group.forEach(ClaimTicket::sendAlone);
              } else if (!group.get(0).isReleased()) {
                answer(group);
              }
            });
    claim(claims, request("first", 1, "a"));
    Claimer one = claim(claims, request("one", 1, "a"));
    Claimer other = claim(claims, request("other", 1, "a"));
    first.countDown();
    assertThat(one.result()).isSameAs(NOTHING);
    assertThat(other.result()).isSameAs(NOTHING);
  }

  @Test
  @DisplayName("an error that ends a leader ends only its own claim")
  void failingLeader() throws Exception {
    ClaimGroups claims =
        groups(
            1,
            100,
            group -> {
              if (group.size() > 1) {
                throw new StackOverflowError("thrown by a test");
              }
              answer(group);
            });
    claim(claims, request("first", 1, "a"));
    Claimer leader = claim(claims, request("leader", 1, "a"));
    Claimer follower = claim(claims, request("follower", 1, "a"));
    first.countDown();
    assertThatThrownBy(leader::result).hasCauseInstanceOf(StackOverflowError.class);
    assertThat(follower.result()).isSameAs(NOTHING);
    assertThat(claims.claim(request("later", 1, "a"))).isSameAs(NOTHING);
  }

  @Test
  @DisplayName("a claim from one execution does not wait for others")
  void ofExecution() {
    ClaimGroups claims = groups(1, 100, ClaimGroupsTest::answer);
    claim(claims, request("first", 1, "a"));
    ClaimRequest one = request("w", 1, "a").within(Ids.system().executionId());
    assertThat(claims.claim(one)).isSameAs(NOTHING);
    assertThat(groups).containsExactly(List.of("first"), List.of("w"));
    first.countDown();
  }

  @Test
  @DisplayName("an interrupt does not end the wait, and the caller finds its flag set")
  void interrupted() throws Exception {
    ClaimGroups claims = groups(1, 100, ClaimGroupsTest::answer);
    claim(claims, request("first", 1, "a"));
    List<Boolean> flags = Collections.synchronizedList(new ArrayList<>());
    Thread caller =
        new Thread(
            () -> {
              claims.claim(request("w", 1, "a"));
              flags.add(Thread.interrupted());
            });
    caller.start();
    while (caller.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    caller.interrupt();
    while (caller.isInterrupted()) {
      Thread.onSpinWait();
    }
    first.countDown();
    caller.join();
    assertThat(flags).containsExactly(true);
  }
}
