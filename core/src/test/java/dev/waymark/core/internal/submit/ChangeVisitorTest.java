package dev.waymark.core.internal.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.internal.decide.Compilation;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Standing;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The dispatch over the kinds of changes")
class ChangeVisitorTest {
  private static final Ids IDS = Ids.system();
  private static final WorkflowId FLOW = new WorkflowId("flow");
  private static final ExecutionId EXECUTION = IDS.executionId();
  private static final TaskRunId TASK_RUN = IDS.taskRunId();
  private static final AttemptId ATTEMPT = new AttemptId(TASK_RUN, 1);

  private static final String WITH_UNKNOWN_KIND =
      """
        /** A kind that no dispatch knows. */
        record Unknown() implements OfWorker {
          @Override
          public String name() {
            return "worker";
          }
        }
      """;

  /** One change of each kind. */
  private static List<Change> oneOfEach() {
    return ChangeSet.builder()
        .saveWorkflow(new NewWorkflow(FLOW, "{}"))
        .createExecution(new NewExecution(EXECUTION, FLOW, null, Map.of(), Map.of()))
        .updateExecution(EXECUTION, ExecutionState.RUNNING)
        .continueExecution(EXECUTION, new NewExecution(new ExecutionId(new UUID(9, 9)), FLOW))
        .admitExecution(EXECUTION, FLOW, 1)
        .settleExecution(EXECUTION, new Standing(2, ExecutionState.RUNNING, 1, 0))
        .markDue(EXECUTION, DueReason.SETTLE, Duration.ZERO)
        .clearDue(EXECUTION, DueReason.SETTLE)
        .deleteLogs(EXECUTION)
        .deleteExecution(EXECUTION)
        .deleteWorkflow(FLOW)
        .createTaskRun(new NewTaskRun(TASK_RUN, EXECUTION, new TaskId("task")))
        .updateTaskRun(TASK_RUN, TaskRunState.RUNNING)
        .readyTaskRun(TASK_RUN)
        .setOutputs(new AttemptId(TASK_RUN, 1), Map.of("name", "value"))
        .recordAttempt(TASK_RUN, "worker")
        .updateAttempt(ATTEMPT, AttemptState.SUCCEEDED, 0)
        .loseAttempt(ATTEMPT, "lost")
        .renewLease(ATTEMPT, Duration.ofSeconds(1))
        .setLabels(EXECUTION, Map.of("team", "data"))
        .signal(EXECUTION, "approved", null, "key")
        .awaitSignal(TASK_RUN, "approved", null)
        .awaitChild(TASK_RUN, EXECUTION, null)
        .appendLog(ATTEMPT, 0, new byte[] {1})
        .keepWorker("worker", new UUID(1, 2), Duration.ofSeconds(1), Map.of())
        .retireWorker("worker", new UUID(1, 2))
        .setPool("pool", 1)
        .build()
        .changes();
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(ChangeVisitorTest::kinds)
        : Stream.of(type);
  }

  @Test
  @DisplayName("has a method for each kind, and calls it once with the change")
  void everyKind() {
    List<Change> changes = oneOfEach();
    Set<Class<?>> kinds = kinds(Change.class).collect(Collectors.toSet());
    assertThat(changes.stream().map(Object::getClass).collect(Collectors.toSet())).isEqualTo(kinds);
    List<Object> visited = new ArrayList<>();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          assertThat(method.getParameterTypes()[0]).isEqualTo(arguments[0].getClass());
          visited.add(arguments[0]);
          return null;
        };
    ChangeVisitor visitor =
        (ChangeVisitor)
            Proxy.newProxyInstance(
                ChangeVisitor.class.getClassLoader(),
                new Class<?>[] {ChangeVisitor.class},
                handler);
    changes.forEach(visitor::handle);
    assertThat(visited).containsExactlyElementsOf(changes);
  }

  /**
   * A test cannot extend a sealed interface, so this one compiles a copy of the sources with one
   * more kind. They compile, because {@link ChangeVisitor#handle} has the one chain that the
   * compiler does not close. The test proves that the chain refuses the kind where a change set
   * first reaches it. In the build, {@link #everyKind} fails first: its list must have every kind.
   */
  @Test
  @DisplayName("refuses a kind without a branch, instead of doing nothing")
  void unknownKind(@TempDir Path folder) throws Exception {
    assertThat(compile(folder, Map.of(Change.class, WITH_UNKNOWN_KIND))).isEmpty();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, parent())) {
      Class<?> kind = loader.loadClass(Change.class.getName() + "$Unknown");
      Class<?> change = loader.loadClass(Change.class.getName());
      Class<?> changeSet = loader.loadClass(ChangeSet.class.getName());
      Object builder = changeSet.getMethod("builder").invoke(null);
      builder
          .getClass()
          .getMethod("add", change)
          .invoke(builder, kind.getConstructor().newInstance());
      Object built = builder.getClass().getMethod("build").invoke(builder);
      Class<?> footprint = loader.loadClass(Footprint.class.getName());
      Object empty = footprint.getConstructor().newInstance();
      assertThatThrownBy(() -> footprint.getMethod("add", changeSet).invoke(empty, built))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no branch for " + kind.getName());
    }
  }

  /** Libraries only: the classes of this project come from the changed sources. */
  private static ClassLoader parent() throws IOException {
    List<URL> libraries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        libraries.add(Path.of(entry).toUri().toURL());
      }
    }
    return new URLClassLoader(libraries.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  @Test
  @DisplayName("with a method for a new kind does not compile until every dispatch has it")
  void unknownToEveryDispatch(@TempDir Path folder) throws IOException {
    Map<Class<?>, String> added =
        Map.of(
            Change.class,
            WITH_UNKNOWN_KIND,
            ChangeVisitor.class,
            "  void visit(Change.Unknown change);\n");
    assertThat(compile(folder, added))
        .containsExactlyInAnyOrder("Decider", "Fingerprint", "Footprint", "Submission");
  }

  /**
   * Compiles the sources of this module with additions at the end of types. Returns the names of
   * the files that do not compile.
   */
  private static Set<String> compile(Path folder, Map<Class<?>, String> added) throws IOException {
    Path sources = Path.of("src", "main", "java");
    Path copies = Files.createDirectories(folder.resolve("changed"));
    List<Path> units = new ArrayList<>();
    Set<Path> originals = new HashSet<>();
    for (Map.Entry<Class<?>, String> addition : added.entrySet()) {
      Class<?> type = addition.getKey();
      Path original = sources.resolve(type.getName().replace('.', '/') + ".java");
      String text = Files.readString(original);
      String changed = text.substring(0, text.lastIndexOf('}')) + addition.getValue() + "}\n";
      units.add(Files.writeString(copies.resolve(type.getSimpleName() + ".java"), changed));
      originals.add(original);
    }
    try (Stream<Path> all = Files.walk(sources)) {
      all.filter(path -> path.toString().endsWith(".java"))
          .filter(path -> !path.endsWith("module-info.java"))
          .filter(path -> !originals.contains(path))
          .forEach(units::add);
    }
    return Compilation.errors(folder, units).stream()
        .map(each -> Path.of(each.getSource().getName()).getFileName().toString())
        .map(name -> name.replace(".java", ""))
        .collect(Collectors.toSet());
  }
}
