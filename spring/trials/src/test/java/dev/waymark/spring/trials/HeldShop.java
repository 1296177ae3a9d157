package dev.waymark.spring.trials;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.examples.shop.ShopApplication;
import dev.waymark.spring.WorkflowStarter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/**
 * The shop as a process of its own, with one attempt that runs until the shop begins to stop and
 * has read a line of its standard input.
 */
final class HeldShop {
  private HeldShop() {}

  /** Prints the id of the execution when its attempt runs. */
  public static void main(String[] arguments) throws Exception {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(ShopApplication.class, Application.Trials.class)
            .run(arguments);
    Probe probe = context.getBean(Probe.class);
    context.addApplicationListener(
        (ApplicationListener<ContextClosedEvent>)
            event -> {
              print("stopping");
              releaseAfterLine(probe);
            });
    ExecutionId id = context.getBean(WorkflowStarter.class).start("hold", Map.of());
    probe.holds.await();
    context.getBean(WorkflowStarter.class).start("hold", Map.of());
    print("holds " + id);
  }

  private static void print(String line) {
    System.out.println("HELD: " + line);
  }

  private static void releaseAfterLine(Probe probe) {
    Thread thread =
        new Thread(
            () -> {
              try {
                String line = new String(readLine(), StandardCharsets.UTF_8);
                if (line.startsWith("release")) {
                  probe.release.countDown();
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static byte[] readLine() throws IOException {
    return System.in.readNBytes("release\n".length());
  }
}
