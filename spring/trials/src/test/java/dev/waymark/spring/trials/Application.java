package dev.waymark.spring.trials;

import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.examples.shop.Orders;
import dev.waymark.examples.shop.ShopApplication;
import dev.waymark.spring.WorkflowStarter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The running shop, with the beans of the trials, on an ephemeral port of the loopback address. */
final class Application implements AutoCloseable {
  private final ConfigurableApplicationContext context;

  private Application(ConfigurableApplicationContext context) {
    this.context = context;
  }

  @Configuration(proxyBeanMethods = false)
  static class Trials {
    @Bean
    Probe probe(JdbcTemplate jdbc) {
      return new Probe(jdbc);
    }

    @Bean
    EndedExecutions endedExecutions() {
      return new EndedExecutions();
    }
  }

  static Application start(String url, String... more) {
    return new Application(
        new SpringApplicationBuilder(ShopApplication.class, Trials.class)
            .run(arguments(url, more)));
  }

  static String[] arguments(String url, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--spring.datasource.url=" + url,
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn"));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  StateStore store() {
    return bean(StateStore.class);
  }

  Orders orders() {
    return bean(Orders.class);
  }

  WorkflowStarter workflows() {
    return bean(WorkflowStarter.class);
  }

  JdbcTemplate jdbc() {
    return bean(JdbcTemplate.class);
  }

  TransactionTemplate transactions() {
    return new TransactionTemplate(bean(PlatformTransactionManager.class));
  }

  long executionsOf(String workflow) {
    return store()
        .executions(ExecutionQuery.builder().workflow(new WorkflowId(workflow)).build())
        .total();
  }

  private URI uri(String path) {
    String port = context.getEnvironment().getProperty("local.server.port");
    return URI.create("http://127.0.0.1:" + port + path);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    context.close();
  }
}
