package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.trials.ClaimJournal.Entries;
import dev.waymark.trials.ClaimJournal.Handed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compares a store, after everything has ended, with the journals of the processes that worked on
 * it.
 */
final class ClaimChecks {
  private final Map<String, Entries> journals = new TreeMap<>();
  private final Map<AttemptId, Attempt> attempts = new LinkedHashMap<>();
  private final Map<AttemptId, String> handed = new HashMap<>();
  private final Set<AttemptId> ended = new HashSet<>();
  private final List<TaskRunDetails> taskRuns = new ArrayList<>();
  private int executions;

  private ClaimChecks() {}

  /**
   * What was compared.
   *
   * @param handed task runs that the claimers received
   * @param ended ends that the claimers saw acknowledged
   * @param lost attempts that were declared lost
   * @param unseen attempts that no claimer received, because its process was killed
   */
  record Figures(int executions, int handed, int ended, long lost, long unseen) {
    @Override
    public String toString() {
      return "%d executions, %d task runs handed out, %d ends acknowledged, %d lost, %d never received"
          .formatted(executions, handed, ended, lost, unseen);
    }
  }

  /**
   * Checks everything.
   *
   * @param folder where the journals are
   * @param slots the limit of the small pool
   */
  static Figures check(StateStore store, Path folder, int slots) {
    ClaimChecks checks = new ClaimChecks();
    checks.readJournals(folder);
    checks.readStore(store);
    checks.checkHanded();
    checks.checkEnded();
    checks.checkUnseen();
    checks.taskRuns.forEach(ClaimChecks::checkOrder);
    checks.checkSlots(slots);
    assertThat(Invariants.violations(store)).isEmpty();
    return checks.figures();
  }

  private Figures figures() {
    long lost = attempts.values().stream().filter(each -> is(each, AttemptState.LOST)).count();
    long unseen = attempts.keySet().stream().filter(each -> !handed.containsKey(each)).count();
    return new Figures(executions, handed.size(), ended.size(), lost, unseen);
  }

  private static boolean is(Attempt attempt, AttemptState state) {
    return attempt.state() == state;
  }

  private void readJournals(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> !file.equals(Claimers.stopFile(folder)))
          .forEach(file -> journals.put(file.getFileName().toString(), Entries.read(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readStore(StateStore store) {
    ExecutionQuery.Builder query = ExecutionQuery.builder().limit(100);
    Page<Execution> page = store.executions(query.build());
    while (true) {
      for (Execution execution : page.items()) {
        assertThat(execution.state().isTerminal()).as("has ended: %s", execution).isTrue();
        ExecutionDetails details = Objects.requireNonNull(store.executionDetails(execution.id()));
        taskRuns.addAll(details.taskRuns());
        executions++;
      }
      if (page.next() == null) {
        break;
      }
      page = store.executions(query.after(page.next()).build());
    }
    for (TaskRunDetails run : taskRuns) {
      run.attempts().forEach(attempt -> attempts.put(attempt.id(), attempt));
    }
  }

  /** No attempt is handed out twice, or handed out and not in the store. */
  private void checkHanded() {
    journals
        .values()
        .forEach(
            entries -> {
              assertThat(entries.taken()).as("refused before the lease expired").isEmpty();
              entries.handed().forEach(this::checkHanded);
            });
  }

  private void checkHanded(Handed each) {
    String other = handed.put(each.attempt(), each.worker());
    assertThat(other).as("%s was also handed to %s", each, each.worker()).isNull();
    Attempt stored = attempts.get(each.attempt());
    assertThat(stored).as("in the store: %s", each).isNotNull();
    assertThat(stored.worker()).as("worker of %s", each.attempt()).isEqualTo(each.worker());
  }

  /** Every acknowledged end is in the store, and no other end of a process that was not killed. */
  private void checkEnded() {
    for (Entries entries : journals.values()) {
      for (AttemptId each : entries.ended()) {
        assertThat(ended.add(each)).as("ended once: %s", each).isTrue();
        assertThat(attempts.get(each))
            .as("acknowledged end of %s", each)
            .matches(attempt -> is(attempt, AttemptState.SUCCEEDED));
      }
    }
    for (Attempt attempt : attempts.values()) {
      if (is(attempt, AttemptState.SUCCEEDED) && journal(attempt.worker()).isStopped()) {
        assertThat(ended).as("acknowledged ends").contains(attempt.id());
      }
    }
  }

  private Entries journal(String worker) {
    return Objects.requireNonNull(
        journals.get(worker.substring(0, worker.lastIndexOf('-'))), "journal of " + worker);
  }

  /**
   * What a claim took reached its claimer, unless the claim has failed or the process was killed
   * before the answer, which happens to one claim of each claimer at most.
   */
  private void checkUnseen() {
    Map<String, Set<Instant>> unseen = new HashMap<>();
    for (Attempt attempt : attempts.values()) {
      if (!handed.containsKey(attempt.id())) {
        unseen
            .computeIfAbsent(attempt.worker(), worker -> new HashSet<>())
            .add(attempt.startedAt());
      }
    }
    unseen.forEach(
        (worker, claims) -> {
          Entries entries = journal(worker);
          if (!entries.unanswered().contains(worker)) {
            assertThat(entries.isStopped())
                .as("%s did not receive all it claimed", worker)
                .isFalse();
            assertThat(claims).as("claims of %s without an answer", worker).hasSize(1);
          }
        });
  }

  /** An attempt begins when the one before it has ended, and only the last one may succeed. */
  private static void checkOrder(TaskRunDetails run) {
    for (int i = 1; i < run.attempts().size(); i++) {
      Attempt before = run.attempts().get(i - 1);
      assertThat(before.state())
          .as("an attempt before the last: %s", run)
          .isEqualTo(AttemptState.LOST);
      assertThat(run.attempts().get(i).startedAt())
          .as("start of %s", run.attempts().get(i))
          .isAfterOrEqualTo(before.endedAt());
    }
  }

  /**
   * At no moment were more attempts of the small pool running than it has slots. The start of an
   * attempt is read after the claim has locked the pool, and its end before the commit that frees
   * the slot.
   */
  private void checkSlots(int slots) {
    List<Map.Entry<Instant, Integer>> moments = new ArrayList<>();
    for (TaskRunDetails run : taskRuns) {
      if (run.taskRun().taskId().value().endsWith("s")) {
        for (Attempt attempt : run.attempts()) {
          moments.add(Map.entry(attempt.startedAt(), 1));
          moments.add(Map.entry(Objects.requireNonNull(attempt.endedAt()), -1));
        }
      }
    }
    moments.sort(
        Map.Entry.<Instant, Integer>comparingByKey().thenComparing(Map.Entry.comparingByValue()));
    int running = 0;
    for (Map.Entry<Instant, Integer> moment : moments) {
      running += moment.getValue();
      assertThat(running).as("in the small pool at %s", moment.getKey()).isLessThanOrEqualTo(slots);
    }
  }
}
