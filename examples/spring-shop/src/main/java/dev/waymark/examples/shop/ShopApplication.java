package dev.waymark.examples.shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The shop. Its store is in the database of the application, in tables of its own. */
@SpringBootApplication
public class ShopApplication {
  /** Runs the shop until it is stopped. */
  public static void main(String[] arguments) {
    SpringApplication.run(ShopApplication.class, arguments);
  }
}
