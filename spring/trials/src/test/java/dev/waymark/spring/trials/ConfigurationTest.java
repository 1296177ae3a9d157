package dev.waymark.spring.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.waymark.core.model.Payload;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.spring.ResultOf;
import dev.waymark.spring.RunnerCustomizer;
import dev.waymark.spring.StoreOptionsCustomizer;
import dev.waymark.spring.WaymarkHandler;
import dev.waymark.spring.WorkflowStarter;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testserver.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

@DisplayName("The configuration of an application")
class ConfigurationTest {
  /** On Boot 3 and on Boot 4. */
  private static final String DATA_SOURCES =
      "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration,"
          + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration";

  @TempDir static Path shared;
  @TempDir Path folder;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Plain {}

  private ConfigurableApplicationContext start(Class<?> type, String... properties) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--spring.main.banner-mode=off",
                "--logging.level.root=off",
                "--spring.flyway.enabled=false",
                "--spring.config.location=optional:classpath:none.properties"));
    all.addAll(List.of(properties));
    if (all.stream().noneMatch(each -> each.startsWith("--spring.datasource.url"))) {
      all.add("--spring.autoconfigure.exclude=" + DATA_SOURCES);
    }
    return new SpringApplicationBuilder(Plain.class, type)
        .web(WebApplicationType.NONE)
        .run(all.toArray(String[]::new));
  }

  private String ownFile() {
    return "--waymark.store.url=sqlite:" + folder.resolve("own.db");
  }

  private Throwable failure(Class<?> type, String... properties) {
    Throwable thrown = catchThrowable(() -> start(type, properties).close());
    assertThat(thrown).isNotNull();
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  static Stream<Arguments> mistakes() {
    String url = "--waymark.store.url=sqlite:never.db";
    return Stream.of(
        Arguments.of(
            new String[] {},
            "waymark.store.url is not set, and the application has no DataSource. Set"
                + " waymark.store.url, for example to sqlite:waymark.db"),
        Arguments.of(
            new String[] {url, "--waymark.runner.concurrency=0"},
            "waymark.runner.concurrency is 0; it must be at least 1"),
        Arguments.of(
            new String[] {url, "--waymark.runner.lease=1ms"},
            "waymark.runner.lease is 1ms; use 100ms to 365d"),
        Arguments.of(
            new String[] {url, "--waymark.store.join-transactions=true"},
            "waymark.store.join-transactions is true, but with waymark.store.url the store has"
                + " connections of its own"),
        Arguments.of(
            new String[] {"--waymark.store.password=secret"},
            "waymark.store.user or waymark.store.password is set without waymark.store.url"),
        Arguments.of(
            new String[] {url, "--waymark.store.schema=flows"},
            "the store of waymark.store.url is not on PostgreSQL"),
        Arguments.of(
            new String[] {"--waymark.store.url=oracle:x"}, "waymark.store.url cannot be used"),
        Arguments.of(
            new String[] {"--spring.datasource.url=jdbc:sqlite::memory:"},
            "a database of SQLite in memory, which a store cannot be in"),
        Arguments.of(
            new String[] {
              "--waymark.store.url=sqlite:" + shared.resolve("store.db"),
              "--waymark.workflows=classpath:none.yaml"
            },
            "which does not exist"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("mistakes")
  @DisplayName("that is wrong fails the start, and says what to do")
  void refused(String[] properties, String message) {
    Throwable found = failure(Plain.class, properties);
    assertThat(found).hasMessageContaining(message);
    assertThat(found.getMessage()).doesNotContain("secret");
  }

  @Configuration(proxyBeanMethods = false)
  static class Duplicate {
    static class One {
      @WaymarkHandler("same")
      public void one() {}
    }

    static class Other {
      @WaymarkHandler("same")
      public void other() {}
    }

    @Bean
    One one() {
      return new One();
    }

    @Bean
    Other other() {
      return new Other();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Unnamed {
    @WaymarkHandler(" ")
    public void handle() {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Unmappable {
    @WaymarkHandler("bad")
    public void handle(java.io.InputStream input) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class TwoInputs {
    @WaymarkHandler("bad")
    public void handle(String input, Integer other) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Asynchronous {
    @WaymarkHandler("bad")
    public CompletableFuture<String> handle() {
      return CompletableFuture.completedFuture("");
    }
  }

  static Stream<Arguments> badHandlers() {
    return Stream.of(
        Arguments.of(Duplicate.class, "two methods handle the name \"same\": "),
        Arguments.of(Unnamed.class, "Unnamed.handle() has no name"),
        Arguments.of(Unmappable.class, "no payload can be mapped to java.io.InputStream"),
        Arguments.of(TwoInputs.class, "has two parameters for the input of the execution"),
        Arguments.of(Asynchronous.class, "but the attempt ends when the method returns"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("badHandlers")
  @DisplayName("with a handler that cannot be called fails the start")
  void badHandler(Class<?> type, String message) {
    assertThat(failure(type, ownFile())).hasMessageContaining(message);
  }

  @Configuration(proxyBeanMethods = false)
  static class Handlers {
    @Bean
    EndedExecutions endedExecutions() {
      return new EndedExecutions();
    }

    @Bean
    RunnerCustomizer runnerCustomizer() {
      return builder -> builder.handler("by-customizer", task -> task.setResult(Payload.json("7")));
    }

    @Bean
    StoreOptionsCustomizer storeOptionsCustomizer() {
      return options -> options.limits(Limits.builder().maxInputBytes(1000).build());
    }

    @WaymarkHandler("raw")
    public Payload raw(Payload input) {
      return input;
    }

    @WaymarkHandler("optional")
    public List<Integer> optional(
        Optional<Map<String, String>> input,
        @ResultOf("raw") Payload raw,
        @ResultOf("seven") int seven,
        @ResultOf("nothing") Optional<String> nothing) {
      return List.of(input.orElseThrow().size(), raw.size(), seven, nothing.isPresent() ? 1 : 0);
    }

    @WaymarkHandler("nothing")
    public void nothing() {}
  }

  @Test
  @DisplayName("with a store of its own: payloads, optional results, customizers")
  void ownStore() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("all.yaml"),
            """
        id: all
        tasks:
          raw: {uses: raw}
          seven: {uses: by-customizer}
          nothing: {uses: nothing}
          optional: {uses: optional, needs: [raw, seven, nothing]}
        """);
    try (ConfigurableApplicationContext context =
        start(Handlers.class, ownFile(), "--waymark.workflows=file:" + file)) {
      var id = context.getBean(WorkflowStarter.class).start("all", Map.of("a", "b"));
      context.getBean(EndedExecutions.class).await(id);
      StateStore store = context.getBean(StateStore.class);
      assertThat(store.limits().maxInputBytes()).isEqualTo(1000);
      var run =
          store.taskRuns(id).stream()
              .filter(each -> each.taskId().value().equals("optional"))
              .findFirst()
              .orElseThrow();
      assertThat(store.payload(dev.waymark.core.model.PayloadRef.resultOf(run.id())).text())
          .isEqualTo("[1,9,7,0]");
    }
  }

  @Test
  @DisplayName("warns of a task whose handler no method has")
  void missingHandler() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("odd.yaml"),
            "id: odd\ntasks: {a: {uses: misspelt}, b: {uses: nothing}}\n");
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try (ConfigurableApplicationContext context =
        start(
            Handlers.class,
            ownFile(),
            "--waymark.workflows=file:" + file,
            "--logging.level.dev.waymark.spring=warn")) {
      assertThat(context.isActive()).isTrue();
    } finally {
      System.setOut(before);
    }
    assertThat(logged.toString(StandardCharsets.UTF_8))
        .contains(
            "task a of workflow odd uses handler misspelt,"
                + " and no method has @WaymarkHandler(\"misspelt\")")
        .doesNotContain("task b of workflow odd");
  }

  @Test
  @DisplayName("without a runner still starts executions")
  void noRunner() throws Exception {
    try (ConfigurableApplicationContext context =
        start(
            Handlers.class,
            "--spring.datasource.url=" + TestServer.urlOf(TestServer.newDatabase()),
            "--waymark.runner.enabled=false",
            "--waymark.store.schema=flows")) {
      var id = context.getBean(WorkflowStarter.class).start("probe", Map.of("id", 1));
      assertThat(context.getBean(StateStore.class).workers()).isEmpty();
      var without = context.getBean(WorkflowStarter.class).start("probe", null);
      assertThat(context.getBean(StateStore.class).execution(without).input()).isNull();
      assertThat(context.getBean(Runner.class).cancel(id).name()).isEqualTo("CANCELLED");
    }
  }

  @Test
  @DisplayName("with a file of SQLite that has tables already puts the store beside them")
  void existingFile() throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("old.db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE notes (text TEXT)");
    }
    try (ConfigurableApplicationContext context =
        start(Plain.class, "--spring.datasource.url=" + url, "--waymark.runner.enabled=false")) {
      assertThat(context.getBean(StateStore.class).workflow(new WorkflowId("probe"))).isNotNull();
      assertThat(context.getBean(JdbcTemplate.class).queryForList("SELECT * FROM notes")).isEmpty();
    }
  }

  @Test
  @DisplayName("can bring its own store, which the runner then uses")
  void ownBean() throws Exception {
    try (ConfigurableApplicationContext context = start(OwnStore.class)) {
      assertThat(context.getBean(StateStore.class)).isInstanceOf(SqliteStateStore.class);
      assertThat(context.getBean(WorkflowStarter.class).start("probe", Map.of("id", 1)))
          .isNotNull();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnStore {
    @Bean
    StateStore store() throws IOException {
      Path file = Files.createTempDirectory("waymark").resolve("own.db");
      file.getParent().toFile().deleteOnExit();
      return SqliteStateStore.open(file);
    }
  }

  @Test
  @DisplayName("can turn everything off")
  void disabled() {
    try (ConfigurableApplicationContext context = start(Plain.class, "--waymark.enabled=false")) {
      assertThat(context.getBeanNamesForType(StateStore.class)).isEmpty();
      assertThat(context.getBeanNamesForType(Runner.class)).isEmpty();
    }
  }
}
