// SPDX-License-Identifier: Apache-2.0
// completion and __complete, which answers the adaptors of completion_scripts.h. Product names come from the node,
// which gets little time: a shell that hangs is worse than one that completes nothing.
#include <algorithm>
#include <set>

#include "base/errors.h"
#include "base/names.h"
#include "client/cli/command_list.h"
#include "client/cli/completion_scripts.h"
#include "client/cli/config.h"
#include "client/cli/parser.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

constexpr std::chrono::milliseconds kCompletionDeadline{400};
constexpr int32_t kProductsMax = 200;

class Completer {
 public:
  explicit Completer(Session& session) : session_(session), words_(session.words()) {
    if (!words_.empty()) {
      current_ = words_.back();
      words_.pop_back();
    }
    command_ = FindCommand(words_, used_);
  }

  void Run() {
    if (const OptionSpec* option = PendingOption(); option != nullptr) return CompleteValue(*option);
    if (const OptionSpec* option = SpelledOption(); option != nullptr) return CompleteValue(*option);
    if (!current_.empty() && current_.front() == '-') return CompleteOptions();
    CompleteSubcommands();
    if (command_ != nullptr) CompletePositional();
  }

 private:
  void Offer(std::string_view value, std::string_view help = {}) {
    if (value.substr(0, current_.size()) != current_ || !offered_.insert(std::string(value)).second) return;
    session_.env().out << Clean(spelled_ + std::string(value));
    if (!help.empty()) session_.env().out << "\t" << Clean(help);
    session_.env().out << "\n";
  }

  std::vector<const OptionSpec*> Options() const {
    std::vector<const OptionSpec*> options;
    if (command_ != nullptr) {
      for (const OptionSpec& option : command_->options) options.push_back(&option);
    }
    for (const OptionSpec& option : GlobalOptionSpecs()) options.push_back(&option);
    return options;
  }

  static bool Spells(const OptionSpec& option, std::string_view word) {
    return word == "--" + std::string(option.name) ||
           (!option.letter.empty() && word == "-" + std::string(option.letter));
  }

  // The option whose value is being typed.
  const OptionSpec* PendingOption() const {
    if (words_.empty()) return nullptr;
    for (const OptionSpec* option : Options()) {
      if (option->kind != OptionSpec::Kind::kSwitch && Spells(*option, words_.back())) return option;
    }
    return nullptr;
  }

  // The option of "--option=value", where the value is being typed.
  const OptionSpec* SpelledOption() {
    const size_t equals = current_.find('=');
    if (equals == std::string::npos) return nullptr;
    for (const OptionSpec* option : Options()) {
      if (option->kind == OptionSpec::Kind::kSwitch || "--" + std::string(option->name) != current_.substr(0, equals)) {
        continue;
      }
      spelled_ = current_.substr(0, equals + 1);
      current_.erase(0, equals + 1);
      return option;
    }
    return nullptr;
  }

  void CompleteValue(const OptionSpec& option) {
    for (const std::string_view choice : option.choices) Offer(choice);
    if (option.name == "output") {
      for (const std::string_view format : kFormats) Offer(format);
      if (command_ != nullptr) {
        for (const std::string_view format : command_->formats) Offer(format);
      }
    }
    CompleteKind(option.completes);
  }

  void CompleteOptions() {
    for (const OptionSpec* option : Options()) Offer("--" + std::string(option->name), option->help);
  }

  // The words so far, as far as they are no options.
  std::vector<std::string> PlainWords() const {
    std::vector<std::string> plain;
    for (size_t i = 0; i < words_.size(); ++i) {
      if (words_[i].empty() || words_[i].front() != '-') {
        const bool is_value = i > 0 && TakesValue(words_[i - 1]);
        if (!is_value) plain.push_back(words_[i]);
      }
    }
    return plain;
  }

  bool TakesValue(std::string_view word) const {
    const auto options = Options();
    return std::any_of(options.begin(), options.end(), [&](const OptionSpec* option) {
      return option->kind != OptionSpec::Kind::kSwitch && Spells(*option, word);
    });
  }

  void CompleteSubcommands() {
    std::string prefix = Join(PlainWords(), " ");
    if (!prefix.empty()) prefix += " ";
    for (const CommandSpec& command : Commands()) {
      if (command.hidden || command.name.substr(0, prefix.size()) != prefix) continue;
      const std::string_view rest = command.name.substr(prefix.size());
      if (rest.empty()) continue;
      const size_t blank = rest.find(' ');
      Offer(rest.substr(0, blank), blank == std::string_view::npos ? command.summary : "");
    }
    if (prefix.empty()) Offer("help", "say more about a command");
  }

  void CompletePositional() {
    size_t place = PlainWords().size() - used_;
    for (const PositionalSpec& positional : command_->positionals) {
      const auto many = static_cast<size_t>(positional.count_max);
      if (positional.count_max == 0 || place < many) {
        for (const std::string_view choice : positional.choices) Offer(choice);
        return CompleteKind(positional.completes);
      }
      place -= many;
    }
  }

  void CompleteKind(Completes kind) {
    switch (kind) {
      case Completes::kFiles:
        session_.env().out << ":files\n";
        break;
      case Completes::kDirectories:
        session_.env().out << ":dirs\n";
        break;
      case Completes::kProducts:
        CompleteProducts();
        break;
      case Completes::kDomains:
        CompleteDomains("");
        break;
      case Completes::kTeams:
        CompleteTeams();
        break;
      case Completes::kCommands:
        for (const CommandSpec& command : Commands()) {
          if (!command.hidden) Offer(command.name, command.summary);
        }
        break;
      case Completes::kNothing:
        break;
    }
  }

  client::CallOptions Call() const {
    client::CallOptions call;
    call.deadline = kCompletionDeadline;
    call.attempts_max = 1;
    return call;
  }

  // "sales/or" lists the domain; before the slash there are domains and what the node suggests.
  void CompleteProducts() {
    const size_t slash = current_.find('/');
    if (slash != std::string::npos) {
      v1::ListProductsRequest request;
      request.set_parent(DomainName(current_.substr(0, slash)));
      request.set_page_size(kProductsMax);
      if (const auto list = session_.client().ListProducts(request, Call()); list.ok()) {
        for (const v1::Product& product : list->products()) {
          Offer(ShortName(product.name()), product.model().name());
        }
      }
      return;
    }
    CompleteDomains("/");
    if (current_.empty()) return;
    v1::SuggestRequest request;
    request.set_prefix(current_);
    if (const auto found = session_.client().Suggest(request, Call()); found.ok()) {
      for (const v1::Suggestion& suggestion : found->suggestions()) {
        if (suggestion.kind() == "product") Offer(suggestion.text(), ShortName(suggestion.name()));
      }
    }
  }

  void CompleteDomains(std::string_view end) {
    v1::ListDomainsRequest request;
    request.set_page_size(kProductsMax);
    if (const auto list = session_.client().ListDomains(request, Call()); list.ok()) {
      for (const v1::Domain& domain : list->domains()) {
        Offer(LastSegment(domain.name()) + std::string(end), domain.display_name());
      }
    }
  }

  void CompleteTeams() {
    v1::ListTeamsRequest request;
    request.set_page_size(kProductsMax);
    if (const auto list = session_.client().ListTeams(request, Call()); list.ok()) {
      for (const v1::Team& team : list->teams()) Offer(LastSegment(team.name()), team.display_name());
    }
  }

  Session& session_;
  std::vector<std::string> words_;  // before the one being typed
  std::string current_;             // the one being typed, perhaps empty
  std::string spelled_;             // "--option=", which is a part of that word and of every candidate
  const CommandSpec* command_ = nullptr;
  size_t used_ = 0;  // words of the command's name
  std::set<std::string> offered_;
};

}  // namespace

StatusOr<int> RunCompletion(Session& session) {
  const std::string shell = session.word(0);
  session.env().out << (shell == "bash" ? kBashCompletion : shell == "zsh" ? kZshCompletion : kFishCompletion);
  return kExitOk;
}

StatusOr<int> RunComplete(Session& session) {
  Completer(session).Run();
  return kExitOk;
}

}  // namespace souk::cli
