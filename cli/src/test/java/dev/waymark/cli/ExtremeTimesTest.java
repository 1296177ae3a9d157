package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.InMemoryStateStore;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Extreme durations and times")
class ExtremeTimesTest extends CliTest {
  private static final List<Object> EXTREMES =
      List.of(
          Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
          Duration.ofSeconds(Long.MIN_VALUE),
          Duration.ofMillis(Long.MAX_VALUE).plusMillis(1),
          Duration.ofNanos(Long.MAX_VALUE).plusNanos(1),
          Duration.ofDays(-1),
          Instant.MIN,
          Instant.MAX,
          OffsetDateTime.MIN,
          OffsetDateTime.MAX);

  private static final ExecutionId EXECUTION =
      new ExecutionId(UUID.fromString("018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11"));
  private static final TaskRunId TASK_RUN = new TaskRunId(EXECUTION.value());

  private static final Map<Class<?>, Object> SAMPLES =
      Map.ofEntries(
          Map.entry(String.class, "sample"),
          Map.entry(int.class, 1),
          Map.entry(long.class, 1L),
          Map.entry(Long.class, 1L),
          Map.entry(boolean.class, true),
          Map.entry(UUID.class, new UUID(1, 2)),
          Map.entry(Map.class, Map.of()),
          Map.entry(Set.class, Set.of("default")),
          Map.entry(ExecutionId.class, EXECUTION),
          Map.entry(TaskRunId.class, TASK_RUN),
          Map.entry(AttemptId.class, new AttemptId(TASK_RUN, 1)),
          Map.entry(WorkflowId.class, new WorkflowId("workflow")),
          Map.entry(Duration.class, Duration.ofSeconds(30)),
          Map.entry(Instant.class, Instant.EPOCH));

  @Test
  @DisplayName("are accepted or rejected as invalid input by every builder and request")
  void everywhere() throws Exception {
    List<String> tried = new ArrayList<>();
    List<Supplier<Object>> builders =
        List.of(
            ChangeSet::builder,
            ExecutionQuery::builder,
            DefinitionLimits::builder,
            () -> SqliteStateStore.builder(Path.of("/no/such/folder/x.db")),
            () -> PostgresStateStore.builder("postgresql://127.0.0.1:1/x?retry-timeout=0s"),
            () ->
                Runner.builder(new InMemoryStateStore(), workflow -> null)
                    .logDirectory(Path.of("logs")));
    for (Supplier<Object> builder : builders) {
      for (Method method : builder.get().getClass().getMethods()) {
        for (Object extreme : EXTREMES) {
          if (takes(method, extreme) && !method.getName().equals("equals")) {
            Object target = builder.get();
            Method build = target.getClass().getMethod("build");
            if (run(method, extreme, arguments -> method.invoke(target, arguments), tried)) {
              run(method, extreme, arguments -> give(build.invoke(target)), tried);
            }
          }
        }
      }
    }
    for (Constructor<?> constructor : ClaimRequest.class.getConstructors()) {
      for (Object extreme : EXTREMES) {
        if (takes(constructor, extreme)) {
          run(constructor, extreme, arguments -> give(constructor.newInstance(arguments)), tried);
        }
      }
    }
    assertThat(tried).hasSizeGreaterThan(60);
  }

  /** A store accepts what a builder accepts, or refuses it with a typed error. */
  private static Object give(Object built) {
    StateStore store = new InMemoryStateStore();
    try {
      if (built instanceof ChangeSet changes) {
        return store.commit(changes);
      } else if (built instanceof ExecutionQuery query) {
        return store.executions(query);
      } else if (built instanceof ClaimRequest request) {
        return store.claim(request);
      }
    } catch (WaymarkException e) {
      return e;
    }
    return built;
  }

  private static boolean takes(Executable executable, Object extreme) {
    return List.of(executable.getParameterTypes()).contains(extreme.getClass());
  }

  /** One call by reflection. */
  private interface Call {
    Object with(Object[] arguments) throws ReflectiveOperationException;
  }

  /** Whether the call was accepted; the only allowed error is invalid input. */
  private static boolean run(Executable executable, Object extreme, Call call, List<String> tried)
      throws ReflectiveOperationException {
    Class<?>[] types = executable.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] =
          types[i] == extreme.getClass()
              ? extreme
              : types[i].isEnum() ? types[i].getEnumConstants()[0] : SAMPLES.get(types[i]);
    }
    String what = executable + " with " + extreme;
    tried.add(what);
    boolean accepted = false;
    try {
      call.with(arguments);
      accepted = true;
    } catch (InvocationTargetException e) {
      assertThat(e.getCause()).as(what).isInstanceOf(InvalidInputException.class);
    }
    return accepted;
  }

  @Test
  @DisplayName("are invalid input of the command line")
  void commandLine() {
    for (String value :
        List.of("999999999999999999d", "106751991168d", "9223372036854775808ms", "-1s")) {
      for (String line :
          List.of(
              "worker --until-idle --lease=",
              "executions list --since=",
              "workers list --store=sqlite:x.db?busy-timeout=")) {
        Run run = waymark((line + value).split(" ", -1));
        assertThat(run.exitCode()).as(line + value + ": " + run.err()).isEqualTo(2);
      }
    }
  }
}
