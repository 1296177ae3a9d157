package dev.waymark.spring.trials;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The shop on SQLite")
class SqliteShopTest extends ShopContract {
  @TempDir static Path folder;

  @Override
  String newDatabase() {
    return "jdbc:sqlite:" + folder.resolve("shop.db");
  }

  @Override
  String healthDetail() {
    return "\"database\":\"SQLite\"";
  }
}
