// SPDX-License-Identifier: Apache-2.0
#include "governance/policy/engine.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "governance/policy/sandbox.h"

namespace souk::governance {
namespace {

constexpr int kStepsBetweenLooks = 1000;
constexpr size_t kEnginesKept = 8;
constexpr size_t kStatementsKept = 64;
// A net under all boxes together; a policy that meets it fails like one that meets its budget.
constexpr int64_t kHeapBytesMax = int64_t{512} * 1024 * 1024;

std::string TextOf(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  if (text == nullptr) return {};
  return Told(std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement, column))));
}

}  // namespace

struct Engine::Impl {
  struct Statement {
    sqlite3_stmt* handle = nullptr;
    PreparedPolicy said;
  };

  Impl() {
    sqlite3_hard_heap_limit64(kHeapBytesMax);
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(":memory:", &database, kFlags, nullptr) != SQLITE_OK) std::abort();
    // First of all: an authorizer that comes later would have every statement prepared before it read anew.
    sqlite3_set_authorizer(database, &Impl::Authorize, this);
    sqlite3_progress_handler(database, kStepsBetweenLooks, &Impl::Look, this);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    loading = true;
    Execute("PRAGMA temp_store = MEMORY");
    for (const PolicyTable& table : PolicyTables()) {
      Execute("CREATE TABLE " + std::string(table.name) + " (" + std::string(table.columns) + ")");
    }
    for (const PolicyTable& table : PolicyTables()) {
      const auto columns = std::count(table.columns.begin(), table.columns.end(), ',') + 1;
      std::string insert = "INSERT INTO " + std::string(table.name) + " VALUES (?";
      for (int i = 1; i < columns; ++i) insert += ", ?";
      inserts.push_back(MustPrepare(insert + ")"));
      deletes.push_back(MustPrepare("DELETE FROM " + std::string(table.name)));
    }
    loading = false;
    filled.resize(PolicyTables().size(), false);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, static_cast<int>(limits::kPolicyRowBytesMax));
    sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, static_cast<int>(limits::kPolicyBytesMax));
    for (const auto& [limit, most] :
         {std::pair(SQLITE_LIMIT_EXPR_DEPTH, 100), std::pair(SQLITE_LIMIT_VDBE_OP, 25'000),
          std::pair(SQLITE_LIMIT_COMPOUND_SELECT, 50), std::pair(SQLITE_LIMIT_COLUMN, 100),
          std::pair(SQLITE_LIMIT_FUNCTION_ARG, 32), std::pair(SQLITE_LIMIT_ATTACHED, 0),
          std::pair(SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256), std::pair(SQLITE_LIMIT_WORKER_THREADS, 0)}) {
      sqlite3_limit(database, limit, most);
    }
  }

  ~Impl() {
    Forget();
    for (sqlite3_stmt* statement : inserts) sqlite3_finalize(statement);
    for (sqlite3_stmt* statement : deletes) sqlite3_finalize(statement);
    sqlite3_close(database);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void Forget() {
    for (auto& [source, statement] : statements) sqlite3_finalize(statement.handle);
    statements.clear();
  }

  // Our own statements: they fail only if we have made a mistake.
  void Execute(const std::string& sql) {
    if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) std::abort();
  }
  sqlite3_stmt* MustPrepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
      std::abort();
    }
    return statement;
  }

  static int Authorize(void* self, int action, const char* first, const char* second, const char* /*database*/,
                       const char* /*trigger*/) {
    Impl& impl = *static_cast<Impl*>(self);
    if (impl.loading) return SQLITE_OK;
    switch (action) {
      case SQLITE_SELECT:
      case SQLITE_RECURSIVE:
        return SQLITE_OK;
      case SQLITE_READ: {
        const std::string_view table = first;
        if (table.starts_with("sqlite_")) return impl.Deny("the table " + std::string(table) + " can't be read");
        if (impl.reading != nullptr) impl.reading->insert(std::string(table));
        return SQLITE_OK;
      }
      case SQLITE_FUNCTION:
        if (IsAllowedFunction(second)) return SQLITE_OK;
        return impl.Deny("the function " + std::string(second) +
                         " can't be used: what it says may differ between two "
                         "machines, or it reaches out of the box");
      default:
        return impl.Deny("a policy reads: it can't change, attach or set anything");
    }
  }

  int Deny(std::string why) {
    denied = std::move(why);
    return SQLITE_DENY;
  }

  // Counts steps in whole looks.
  static int Look(void* self) {
    Impl& impl = *static_cast<Impl*>(self);
    if (impl.loading) return 0;
    impl.steps += kStepsBetweenLooks;
    return impl.steps > limits::kPolicyStepsMax ? 1 : 0;
  }

  Statement& Prepared(const std::string& source) {
    if (const auto known = statements.find(source); known != statements.end()) return known->second;
    if (statements.size() >= kStatementsKept) Forget();
    Statement statement;
    denied.clear();
    steps = 0;
    reading = &statement.said.tables;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(database, source.c_str(), static_cast<int>(source.size()) + 1,
                                        SQLITE_PREPARE_PERSISTENT, &statement.handle, &rest);
    reading = nullptr;
    Judge(source, code, rest, statement);
    return statements.emplace(source, std::move(statement)).first->second;
  }

  void Judge(const std::string& source, int code, const char* rest, Statement& statement) {
    PreparedPolicy& said = statement.said;
    const auto refuse = [&](size_t offset, std::string problem, std::string remedy) {
      std::tie(said.line, said.column) = PositionIn(source, offset);
      said.problem = std::move(problem);
      said.remedy = std::move(remedy);
      sqlite3_finalize(statement.handle);
      statement.handle = nullptr;
    };
    if (code != SQLITE_OK) {
      const int offset = sqlite3_error_offset(database);
      const std::string why = Told(denied.empty() ? sqlite3_errmsg(database) : denied);
      return refuse(offset < 0 ? source.size() : static_cast<size_t>(offset), "the SELECT can't be run: " + why,
                    "docs/policies.md lists the tables, their columns and the functions.");
    }
    if (statement.handle == nullptr) {
      return refuse(source.size(), "there is no SELECT", "Write one below the head.");
    }
    if (sqlite3_stmt_readonly(statement.handle) == 0 || sqlite3_stmt_isexplain(statement.handle) != 0) {
      return refuse(source.size(), "it is no SELECT", "A policy is one SELECT that returns the violations.");
    }
    const auto used = static_cast<size_t>(rest - source.c_str());
    if (used < source.size() && !IsEmptySql(std::string_view(source).substr(used))) {
      return refuse(used, "there is more than one statement", "A policy is one SELECT.");
    }
    if (sqlite3_bind_parameter_count(statement.handle) > 0) {
      return refuse(source.size(), "it has parameters", "Write values out; the day is in the table now.");
    }
    for (int i = 0; i < sqlite3_column_count(statement.handle); ++i) {
      said.columns.emplace_back(sqlite3_column_name(statement.handle, i));
    }
    if (std::find(said.columns.begin(), said.columns.end(), "message") == said.columns.end()) {
      refuse(source.size(), "the SELECT returns no column named message",
             "Return what is wrong AS message, and if you like place, pointer, severity, remedy.");
    }
  }

  // Texts longer than the box takes are cut.
  static void Bind(sqlite3_stmt* insert, int at, const Value& value) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      sqlite3_bind_int64(insert, at, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      size_t size = std::min(text->size(), limits::kPolicyTextBytesMax);
      constexpr unsigned kFollowingMask = 0xC0;
      constexpr unsigned kFollowing = 0x80;
      while (size > 0 && size < text->size() &&
             (static_cast<unsigned char>((*text)[size]) & kFollowingMask) == kFollowing) {
        --size;
      }
      sqlite3_bind_text(insert, at, text->data(), static_cast<int>(size), SQLITE_TRANSIENT);
    } else {
      sqlite3_bind_null(insert, at);
    }
  }

  void Fill(size_t table) {
    loading = true;
    sqlite3_step(deletes[table]);
    sqlite3_reset(deletes[table]);
    if (facts != nullptr) {
      PolicyTables()[table].fill(*facts, places, [&](std::initializer_list<Value> row) {
        int at = 0;
        for (const Value& value : row) Bind(inserts[table], ++at, value);
        sqlite3_step(inserts[table]);
        sqlite3_reset(inserts[table]);
      });
    }
    loading = false;
    filled[table] = true;
  }

  void FillWhatIsRead(const std::set<std::string>& names) {
    const auto tables = PolicyTables();
    const bool any = std::any_of(tables.begin(), tables.end(), [&](const PolicyTable& table) {
      return names.contains(std::string(table.name)) && !filled[static_cast<size_t>(&table - tables.data())];
    });
    if (!any) return;
    loading = true;
    Execute("BEGIN");
    for (size_t i = 0; i < tables.size(); ++i) {
      if (!filled[i] && names.contains(std::string(tables[i].name))) Fill(i);
    }
    loading = true;
    Execute("COMMIT");
    loading = false;
  }

  PolicyRow RowOf(const PreparedPolicy& said, sqlite3_stmt* statement) const {
    PolicyRow row;
    for (size_t i = 0; i < said.columns.size(); ++i) {
      const std::string& name = said.columns[i];
      const int at = static_cast<int>(i);
      if (name == "message") row.message = TextOf(statement, at);
      if (name == "remedy") row.remedy = TextOf(statement, at);
      if (name == "severity") row.severity = TextOf(statement, at);
      if (name == "pointer") row.pointer = TextOf(statement, at);
      const bool place = name == "place" && sqlite3_column_type(statement, at) == SQLITE_INTEGER;
      if (place) row.place = sqlite3_column_int64(statement, at);
    }
    if (row.place < 0 || static_cast<size_t>(row.place) >= places.size()) row.place = -1;
    return row;
  }

  PolicyRun Run(const std::string& source) {
    Statement& statement = Prepared(source);
    PolicyRun run;
    run.problem = statement.said.problem;
    if (!run.problem.empty()) return run;
    FillWhatIsRead(statement.said.tables);
    steps = 0;
    denied.clear();
    int code = SQLITE_ROW;
    while (run.rows.size() < limits::kFindingsMax && (code = sqlite3_step(statement.handle)) == SQLITE_ROW) {
      run.rows.push_back(RowOf(statement.said, statement.handle));
    }
    if (code == SQLITE_INTERRUPT) {
      run.problem = "it was stopped after " + std::to_string(limits::kPolicyStepsMax) + " steps";
    } else if (code != SQLITE_ROW && code != SQLITE_DONE) {
      run.problem = "it failed: " + Told(denied.empty() ? sqlite3_errmsg(database) : denied);
    }
    sqlite3_reset(statement.handle);
    if (!run.problem.empty()) run.rows.clear();
    run.steps = steps;
    return run;
  }

  sqlite3* database = nullptr;
  std::vector<sqlite3_stmt*> inserts;  // by table
  std::vector<sqlite3_stmt*> deletes;
  std::map<std::string, Statement> statements;  // by source
  bool loading = false;                         // our own statements run
  uint64_t steps = 0;
  std::string denied;                        // why the authorizer said no last
  std::set<std::string>* reading = nullptr;  // tables of what is being prepared
  const PolicyFacts* facts = nullptr;
  std::vector<bool> filled;  // by table, with the facts
  Places places;
};

namespace {

struct Shelf {
  std::mutex mutex;
  std::vector<std::unique_ptr<Engine>> engines;
};
Shelf& TheShelf() {
  static Shelf shelf;
  return shelf;
}

}  // namespace

Engine::Engine() : impl_(std::make_unique<Impl>()) {}
Engine::~Engine() = default;

Engine::Lease Engine::Borrow() {
  const auto give_back = [](Engine* engine) {
    engine->impl_->facts = nullptr;
    engine->impl_->places.clear();
    std::unique_ptr<Engine> owned(engine);
    Shelf& shelf = TheShelf();
    const std::lock_guard lock(shelf.mutex);
    if (shelf.engines.size() < kEnginesKept) shelf.engines.push_back(std::move(owned));
  };
  Shelf& shelf = TheShelf();
  std::unique_ptr<Engine> engine;
  {
    const std::lock_guard lock(shelf.mutex);
    if (!shelf.engines.empty()) {
      engine = std::move(shelf.engines.back());
      shelf.engines.pop_back();
    }
  }
  if (!engine) engine.reset(new Engine());
  return {engine.release(), give_back};
}

PreparedPolicy Engine::Prepare(const std::string& source) { return impl_->Prepared(source).said; }

void Engine::Load(const PolicyFacts& facts) {
  impl_->facts = &facts;
  impl_->places.clear();
  impl_->filled.assign(PolicyTables().size(), false);
}

PolicyRun Engine::Run(const std::string& source) { return impl_->Run(source); }

const Places& Engine::places() const { return impl_->places; }

std::vector<std::string> Engine::Plan(const std::string& source) {
  std::vector<std::string> plan;
  if (!impl_->Prepared(source).said.problem.empty()) return plan;
  // The head's comments do not matter to it.
  const std::string explain = "EXPLAIN QUERY PLAN\n" + source;
  constexpr int kDetail = 3;
  sqlite3_stmt* statement = nullptr;
  sqlite3_limit(impl_->database, SQLITE_LIMIT_SQL_LENGTH, static_cast<int>(explain.size()) + 1);
  if (sqlite3_prepare_v2(impl_->database, explain.c_str(), -1, &statement, nullptr) == SQLITE_OK) {
    while (sqlite3_step(statement) == SQLITE_ROW) plan.push_back(TextOf(statement, kDetail));
  }
  sqlite3_finalize(statement);
  sqlite3_limit(impl_->database, SQLITE_LIMIT_SQL_LENGTH, static_cast<int>(limits::kPolicyBytesMax));
  return plan;
}

}  // namespace souk::governance
