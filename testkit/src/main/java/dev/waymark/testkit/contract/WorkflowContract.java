package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Workflows and their revisions: saves are idempotent by content, old revisions stay readable, and
 * every byte is kept.
 *
 * @since 0.1.0
 */
public abstract class WorkflowContract extends ContractTest {
  private static final RecordRef FLOW_REF = RecordRef.of(FLOW);

  /** For backends that run this topic alone. */
  protected WorkflowContract() {}

  private Outcome save(String definition) {
    return store.saveWorkflow(new NewWorkflow(FLOW, definition));
  }

  private Outcome save(
      String definition, @Nullable String description, Map<String, String> labels) {
    return store.saveWorkflow(new NewWorkflow(FLOW, definition, description, labels));
  }

  private List<Workflow> revisions() {
    return store.workflowHistory(FLOW, PageRequest.first(100)).items();
  }

  @Test
  @DisplayName("the first save creates revision 1")
  void first() {
    assertThat(save("a")).isEqualTo(new Outcome(FLOW_REF, 1, true));
  }

  @Test
  @DisplayName("saving the same content again changes nothing, not even the time")
  void sameContent() {
    save("a", "what for", Map.of("team", "data"));
    Workflow before = stored(FLOW);
    clock.advance(Duration.ofHours(1));
    assertThat(save("a", "what for", Map.of("team", "data")))
        .isEqualTo(new Outcome(FLOW_REF, 1, false));
    assertThat(stored(FLOW)).isEqualTo(before);
    assertThat(revisions()).containsExactly(before);
  }

  @Test
  @DisplayName("three versions of which the third equals the first create revisions 1, 2, 3")
  void backToOlderContent() {
    assertThat(save("A")).isEqualTo(new Outcome(FLOW_REF, 1, true));
    assertThat(save("B")).isEqualTo(new Outcome(FLOW_REF, 2, true));
    assertThat(save("A")).isEqualTo(new Outcome(FLOW_REF, 3, true));
    assertThat(save("A")).isEqualTo(new Outcome(FLOW_REF, 3, false));
    assertThat(revisions()).extracting(Workflow::definition).containsExactly("A", "B", "A");
    assertThat(revisions()).extracting(Workflow::revision).containsExactly(1, 2, 3);
    assertThat(stored(FLOW, 1).contentHash()).isEqualTo(stored(FLOW, 3).contentHash());
  }

  @Test
  @DisplayName("another description creates a new revision")
  void descriptionIsContent() {
    save("a", null, Map.of());
    assertThat(save("a", "why", Map.of()).version()).isEqualTo(2);
    assertThat(save("a", null, Map.of()).version()).isEqualTo(3);
    assertThat(revisions()).extracting(Workflow::description).containsExactly(null, "why", null);
  }

  @Test
  @DisplayName("other labels create a new revision, in any order")
  void labelsAreContent() {
    save("a", null, Map.of("team", "data", "tier", "1"));
    assertThat(save("a", null, Map.of("tier", "1", "team", "data")).changed()).isFalse();
    assertThat(save("a", null, Map.of("tier", "2", "team", "data")).version()).isEqualTo(2);
    assertThat(save("a", null, Map.of("team", "data")).version()).isEqualTo(3);
    assertThat(save("a", null, Map.of()).version()).isEqualTo(4);
  }

  @Test
  @DisplayName("content with the same characters but other parts is different content")
  void partsDoNotRunTogether() {
    save("ab", "c", Map.of("x", "yz"));
    assertThat(save("a", "bc", Map.of("x", "yz")).version()).isEqualTo(2);
    assertThat(save("a", "bc", Map.of("xy", "z")).version()).isEqualTo(3);
    assertThat(save("a", "bcxy", Map.of("z", "")).version()).isEqualTo(4);
    assertThat(save("a", "bc", Map.of("xy", "z")).version()).isEqualTo(5);
  }

  @Test
  @DisplayName("every old revision can be read with its own content and time")
  void oldRevisions() {
    for (int i = 1; i <= 12; i++) {
      save("version " + i, "description " + i, Map.of("number", "" + i));
      clock.advance(Duration.ofDays(1));
    }
    for (int i = 1; i <= 12; i++) {
      Workflow revision = stored(FLOW, i);
      Instant saved = START.plus(Duration.ofDays(i - 1L));
      assertThat(revision)
          .isEqualTo(
              new Workflow(
                  FLOW,
                  i,
                  "description " + i,
                  Map.of("number", "" + i),
                  saved,
                  revision.contentHash(),
                  "version " + i));
    }
    assertThat(revisions()).map(Workflow::contentHash).doesNotHaveDuplicates().hasSize(12);
    assertThat(stored(FLOW)).isEqualTo(stored(FLOW, 12));
  }

  @Test
  @DisplayName("a workflow that was never saved is null, and has no revisions")
  void nothing() {
    save("a");
    WorkflowId unknown = new WorkflowId("unknown");
    assertThat(store.workflow(unknown)).isNull();
    assertThat(store.workflow(unknown, 1)).isNull();
    for (int revision : new int[] {2, 0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertThat(store.workflow(FLOW, revision)).as("revision %d", revision).isNull();
    }
    Page<Workflow> history = store.workflowHistory(unknown, PageRequest.first(5));
    assertThat(history).isEqualTo(new Page<Workflow>(List.of(), 0, 0L, 5, null));
  }

  @Test
  @DisplayName("ids that differ only in case are different workflows")
  void caseOfIds() {
    store.saveWorkflow(new NewWorkflow(new WorkflowId("flow"), "lower"));
    store.saveWorkflow(new NewWorkflow(new WorkflowId("FLOW"), "upper"));
    assertThat(stored(new WorkflowId("flow")).definition()).isEqualTo("lower");
    assertThat(stored(new WorkflowId("FLOW")).definition()).isEqualTo("upper");
    assertThat(store.workflow(new WorkflowId("Flow"))).isNull();
  }

  @Test
  @DisplayName(
      "the list contains the latest revision of each workflow, in the order of the characters of the ids")
  void list() {
    List<String> names = List.of("0", "A", "Z", "a", "a-b", "a.b", "a0", "aB", "a_b", "ab", "b");
    for (int i = names.size() - 1; i >= 0; i--) {
      store.saveWorkflow(new NewWorkflow(new WorkflowId(names.get(i)), "first"));
      store.saveWorkflow(new NewWorkflow(new WorkflowId(names.get(i)), "second"));
    }
    Page<Workflow> page = store.workflows(PageRequest.first(100));
    assertThat(page.items()).extracting(w -> w.id().value()).containsExactlyElementsOf(names);
    assertThat(page.items()).extracting(Workflow::definition).containsOnly("second");
    assertThat(page.items()).extracting(Workflow::revision).containsOnly(2);
  }

  @Test
  @DisplayName("pages of workflows and of revisions keep order and total, also past the end")
  void pages() {
    for (int i = 1; i <= 7; i++) {
      store.saveWorkflow(new NewWorkflow(new WorkflowId("w" + i), "x"));
      save("version " + i);
    }
    for (int offset = 0; offset <= 9; offset++) {
      PageRequest request = new PageRequest(offset, 3);
      int shown = Math.max(0, Math.min(3, 7 - offset));
      Page<Workflow> history = store.workflowHistory(FLOW, request);
      assertThat(history.items())
          .extracting(Workflow::revision)
          .containsExactlyElementsOf(
              IntStream.rangeClosed(offset + 1, offset + shown).boxed().toList());
      assertThat(history.total()).isEqualTo(7);
      assertThat(history.offset()).isEqualTo(offset);
      assertThat(history.limit()).isEqualTo(3);
      assertThat(history.next()).isNull();
      Page<Workflow> list = store.workflows(request);
      assertThat(list.items()).hasSize(Math.max(0, Math.min(3, 8 - offset)));
      assertThat(list.total()).isEqualTo(8);
    }
    assertThat(store.workflows(new PageRequest(Long.MAX_VALUE, 1)).total()).isEqualTo(8);
  }

  @Test
  @DisplayName(
      "a definition is read back byte for byte: line ends, trailing spaces, tabs, no final line end")
  void bytes() {
    for (String definition :
        List.of(
            "",
            " ",
            "\n",
            "a: 1\r\nb: 2\r\n",
            "a: 1\rb: 2",
            "trailing   \n\t\n  ",
            "\uFEFFwith a byte order mark",
            "rocket \uD83D\uDE80, flag \uD83C\uDDE9\uD83C\uDDEA, family \uD83D\uDC68\u200D\uD83D\uDC69",
            "e\u0301 is not \u00E9",
            "{\"b\":1, \"a\" : 2, \"a\":3}")) {
      save(definition);
      assertThat(stored(FLOW).definition()).isEqualTo(definition);
    }
    assertThat(revisions()).hasSize(10);
  }

  @Test
  @DisplayName("a definition of 1 MiB is read back byte for byte")
  void oneMebibyte() {
    String definition = "0123456789abcde\n".repeat(1 << 16);
    save(definition);
    assertThat(stored(FLOW).definition().equals(definition)).isTrue();
    assertThat(save(definition).changed()).isFalse();
  }
}
