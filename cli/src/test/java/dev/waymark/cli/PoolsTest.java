package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testkit.Await;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("pools")
class PoolsTest extends CliTest {
  private static final String POOLED =
      """
      id: pooled
      tasks:
        a: {pool: gpu, run: echo a}
        b: {pool: gpu, run: echo b}
        c: {run: echo c}
      """;

  private static Map<String, Object> pool(String name, Object slots, int running, int ready) {
    Map<String, Object> pool = new LinkedHashMap<>();
    pool.put("name", name);
    pool.put("slots", slots);
    pool.put("running", running);
    pool.put("ready", ready);
    return pool;
  }

  /** Returns the pools, without the fields waiting, workers and heldBy. */
  private List<Map<String, Object>> pools() {
    List<Map<String, Object>> pools = new ArrayList<>();
    for (Map<String, Object> each :
        list(parse(waymark("pools", "list", "-o", "json").out()), "items")) {
      Map<String, Object> pool = new LinkedHashMap<>(each);
      pool.keySet().removeAll(List.of("waiting", "workers", "heldBy"));
      pools.add(pool);
    }
    return pools;
  }

  @Test
  @DisplayName("an invalid name is refused before a store is created")
  void refusedName() {
    Run run = waymark("pools", "set", "g:pu", "--slots", "1");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("g:pu");
    assertThat(home).isEmptyDirectory();
  }

  @Test
  @DisplayName("list shows pools that have a limit, ready tasks or running tasks")
  void list() {
    waymark("pools", "set", "gpu", "--unbounded");
    Run none = waymark("pools", "list");
    assertThat(none).isEqualTo(new Run(0, "", "no pools\n"));
    assertThat(waymark("pools", "set", "gpu", "--slots", "2"))
        .isEqualTo(new Run(0, "pool gpu slots 2\n", ""));
    runFile(POOLED, "--detach");

    Map<String, Object> page = parse(waymark("pools", "list", "-o", "json").out());
    assertThat(page.keySet()).containsExactly("items", "total", "offset", "limit", "next");
    assertThat(list(page, "items").get(1).keySet())
        .containsExactly("name", "slots", "running", "ready", "waiting", "workers", "heldBy");
    assertThat(pools()).containsExactly(pool("default", null, 0, 1), pool("gpu", 2, 0, 2));
    assertThat(waymark("pools", "list").out())
        .isEqualTo(
            """
            NAME     SLOTS  RUNNING  READY  WAITING  WORKERS  HELD BY
            default      -        0      1        1        0  -
            gpu          2        0      2        2        0  -
            """);

    String held = "id: held\ntasks: {a: {run: 'while ! test -f go; do sleep 0.01; done'}}\n";
    String id = runFile(held, "--detach").id();
    Background worker = begin("worker", "--until-idle");
    Await.until("a running task", () -> pools().contains(pool("default", null, 1, 0)));
    Map<String, Object> busy =
        list(parse(waymark("pools", "list", "-o", "json").out()), "items").get(0);
    assertThat(busy).containsEntry("workers", 1).containsEntry("waiting", 0);
    assertThat(list(busy, "heldBy").get(0))
        .containsEntry("executionId", id)
        .containsEntry("taskId", "a")
        .containsEntry("attempt", 1)
        .containsEntry("alive", true);
    assertThat(waymark("pools", "list").out()).contains(id + "/a");
    file("go", "");
    assertThat(worker.await().exitCode()).isZero();
    assertThat(waymark("executions", "watch", id).exitCode()).isZero();
    assertThat(pools()).containsExactly(pool("gpu", 2, 0, 2));
  }

  @Test
  @DisplayName("set changes a limit, removes it, and stops a pool with 0 slots")
  void set() {
    assertThat(waymark("pools", "set", "gpu", "--slots", "0").out())
        .isEqualTo("pool gpu slots 0\n");
    String id = runFile(POOLED, "--detach").id();
    assertThat(waymark("worker", "--until-idle", "--pool", "gpu", "--pool", "default").exitCode())
        .isZero();
    assertThat(parse(waymark("executions", "show", id, "-o", "json").out()))
        .containsEntry("state", "RUNNING");
    assertThat(pools()).containsExactly(pool("gpu", 0, 0, 2));

    assertThat(waymark("pools", "set", "gpu", "--unbounded"))
        .isEqualTo(new Run(0, "pool gpu unbounded\n", ""));
    assertThat(pools()).containsExactly(pool("gpu", null, 0, 2));
    assertThat(waymark("worker", "--until-idle", "--pool", "gpu").exitCode()).isZero();
    assertThat(waymark("executions", "watch", id).exitCode()).isZero();
    assertThat(waymark("pools", "list").err()).isEqualTo("no pools\n");
    // A pool that was not used before.
    assertThat(waymark("pools", "set", "never", "--unbounded").exitCode()).isZero();
  }

  @ParameterizedTest(name = "pools set {0}")
  @DisplayName(
      "set with wrong arguments prints one line with what to do, exits with 2 and sets nothing")
  @CsvSource(
      delimiter = '|',
      value = {
        "gpu --slots -1 | --slots -1 is out of range; use 0 to 100,000",
        "gpu --slots 100001 | --slots 100001 is out of range; use 0 to 100,000",
        "gpu --slots few | --slots \"few\" is not a whole number; use 0 to 100,000",
        "gpu --slots 2 --unbounded | give either --slots N or --unbounded",
        "gpu | give either --slots N or --unbounded",
        "--slots 2 | \"pools set\" requires NAME; see waymark pools set --help",
        "g:pu --slots 2 | pool \"g:pu\" is not a valid name; use 1 to 128 letters",
      })
  void wrongWords(String words, String message) {
    Run run = waymark(("pools set " + words).split(" ", -1));
    assertThat(run.err()).startsWith("waymark: " + message);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(waymark("pools", "list").err()).containsAnyOf("no store at ", "no pools");
  }
}
