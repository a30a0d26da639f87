#include "expression_grammar.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "expression.hpp"
#include "functions.hpp"
#include "option_grammar.hpp"

namespace krgboot::dhcpd {

namespace {

struct OperatorRule {
  int precedence = 0;  ///< the higher number is applied first
  Type operands = Type::any;
  Type result = Type::any;
  bool matches = false;
};

class ExpressionGrammar {
 public:
  ExpressionGrammar(Head& head, const Vocabulary& vocabulary) : head_(head), vocabulary_(vocabulary) {}

  void wanted(Type type) {
    auto found = expression(type);
    if (found != type && !undecided_) mistyped(type);
  }

  /// Follows dhcpd's parser: an operator that binds tighter than the one before it takes everything to its
  /// right.
  Type expression(Type context, std::optional<std::pair<Type, OperatorRule>> left = std::nullopt) {
    if (++depth_ > deepest_expression) throw NotJudged{};
    for (;;) {
      auto right = operand(context);
      auto next = take_operator();
      if (next) context = right;
      if (!left) {
        if (!next) return leave(right);
        left = {right, *next};
        continue;
      }
      if (next && left->second.precedence < next->precedence) {
        right = expression(next->operands, std::pair(right, *next));
        next.reset();
      }
      related(left->first, left->second, right);
      undecided_ = false;
      if (!next) return leave(left->second.result);
      left = {left->second.result, *next};
    }
  }

 private:
  Type leave(Type type) {
    --depth_;
    return type;
  }

  [[noreturn]] void mistyped(Type wanted) const {
    head_.complain("dhcpd.bad_expression", wanted == Type::boolean ? "a condition is expected here"
                                           : wanted == Type::data  ? "data is expected here"
                                                                   : "a number is expected here");
  }

  void related(Type left, const OperatorRule& op, Type right) const {
    if (left != Type::any && right != Type::any && left != right) {
      head_.complain("dhcpd.bad_expression", "the two sides of an operator are of different types");
    }
    bool fits = op.matches                  ? right == Type::data
                : right == Type::any        ? true
                : op.operands == Type::data ? right != Type::boolean
                                            : right == op.operands;
    if (!fits) mistyped(op.operands);
  }

  std::optional<OperatorRule> take_operator() {
    static const OperatorRule logical{3, Type::boolean, Type::boolean, false};
    static const OperatorRule comparison{4, Type::data, Type::boolean, false};
    static const OperatorRule regex{4, Type::data, Type::boolean, true};
    static const OperatorRule sum{2, Type::number, Type::number, false};
    static const OperatorRule product{1, Type::number, Type::number, false};
    static const OperatorRule bits{100, Type::number, Type::number, false};
    if (head_.take("and") || head_.take("or")) return logical;
    if (head_.take('=')) return comparison;
    if (head_.take('+') || head_.take('-')) return sum;
    if (head_.take('*') || head_.take('/') || head_.take('%')) return product;
    if (head_.take('&') || head_.take('|') || head_.take('^')) return bits;
    if (head_.take('!')) {
      head_.expect('=');
      return comparison;
    }
    if (head_.take('~')) {
      if (head_.take('~')) return OperatorRule{4, Type::data, Type::boolean, false};
      if (!head_.take('=')) head_.expected("'~=' or '~~'");
      return regex;
    }
    return std::nullopt;
  }

  Type operand(Type context) {
    undecided_ = false;
    switch (head_.kind()) {
      case WordKind::string:
        head_.string("");
        return Type::data;
      case WordKind::symbol:
        return in_parentheses(context);
      case WordKind::number:
        if (context == Type::number || context == Type::data_or_number) {
          head_.number("");
          return Type::number;
        }
        head_.hex_list();
        return Type::data;
      case WordKind::end:
        head_.expected("an expression");
      default:
        return named();
    }
  }

  Type in_parentheses(Type context) {
    if (!head_.take('(')) head_.expected("an expression");
    auto inner = expression(context);
    head_.expect(')');
    return inner;
  }

  Type named() {
    auto word = head_.peek();
    if (!is_keyword(word)) return hex_or_variable();
    if (word == "not") return negated();
    if (word == "check") return collection();
    if (word == "exists") return option(Type::boolean);
    if (word == "option" || word == "config-option") return option(Type::data);
    if (word == "known" || word == "static") return plain(Type::boolean);
    if (word == "defined") return defined();
    if (word == "extract-int" || word == "encode-int") return integer();
    if (word == "gethostbyname") return host_by_name();
    static const std::vector<std::string_view> data = {"hardware",    "leased-address", "filename",
                                                       "server-name", "null",           "host-decl-name"};
    static const std::vector<std::string_view> numbers = {
        "client-state", "lease-time", "formerr", "noerror",  "notauth",  "notimp",  "notzone",
        "nxdomain",     "nxrrset",    "refused", "servfail", "yxdomain", "yxrrset", "booting",
        "reboot",       "select",     "request", "bound",    "renew",    "rebind"};
    for (auto known : data) {
      if (known == word) return plain(Type::data);
    }
    for (auto known : numbers) {
      if (known == word) return plain(Type::number);
    }
    return function(word);
  }

  Type plain(Type type) {
    head_.identifier("");
    return type;
  }

  Type hex_or_variable() {
    // A word that is valid hex is data, regardless of the next token.
    if (head_.kind() == WordKind::number_or_name) {
      head_.hex_list();
      return Type::data;
    }
    head_.identifier("");
    if (head_.take('(')) {
      do {
        expression(Type::any);
      } while (head_.take(','));
      head_.expect(')');
    }
    undecided_ = true;
    return Type::any;
  }

  Type negated() {
    head_.take("not");
    if (++depth_ > deepest_expression) throw NotJudged{};
    if (operand(Type::boolean) != Type::boolean) mistyped(Type::boolean);
    undecided_ = false;
    return leave(Type::boolean);
  }

  Type collection() {
    head_.take("check");
    if (head_.string("the name of a collection") != "default") {
      head_.complain("dhcpd.bad_expression", "there is no such collection");
    }
    return Type::boolean;
  }

  Type option(Type type) {
    head_.identifier("");
    known_option(head_, vocabulary_);
    return type;
  }

  Type defined() {
    head_.take("defined");
    head_.expect('(');
    variable(head_);
    head_.expect(')');
    return Type::boolean;
  }

  Type integer() {
    bool extracts = head_.take("extract-int");
    if (!extracts) head_.take("encode-int");
    head_.expect('(');
    wanted(extracts ? Type::data : Type::number);
    head_.expect(',');
    auto bits = head_.number("8, 16 or 32");
    if (bits != 8 && bits != 16 && bits != 32) {
      head_.complain("dhcpd.bad_expression", fmt::format("{} is none of 8, 16 and 32", bits));
    }
    head_.expect(')');
    return extracts ? Type::number : Type::data;
  }

  Type host_by_name() {
    head_.take("gethostbyname");
    head_.expect('(');
    head_.string("a name in quotes");
    head_.expect(')');
    return Type::data;
  }

  Type function(const std::string& word) {
    const auto* signature = signature_of(word);
    if (signature == nullptr) head_.expected("an expression");
    head_.identifier("");
    head_.expect('(');
    for (std::size_t i = 0; i < signature->arguments.size(); ++i) {
      if (i > 0) head_.expect(',');
      wanted(signature->arguments[i]);
    }
    while (signature->more && head_.take(',')) wanted(signature->arguments.back());
    head_.expect(')');
    undecided_ = false;
    return signature->result;
  }

 public:
  static void variable(Head& head) {
    auto word = head.peek();
    if (!head.is_identifier() || is_keyword(word)) head.expected("the name of a variable");
    head.identifier("");
  }

 private:
  Head& head_;
  const Vocabulary& vocabulary_;
  int depth_ = 0;
  bool undecided_ = false;  // the last operand was a variable or a function of the configuration
};

}  // namespace

void boolean_expression(Head& head, const Vocabulary& vocabulary) {
  ExpressionGrammar(head, vocabulary).wanted(Type::boolean);
}

void data_expression(Head& head, const Vocabulary& vocabulary) {
  ExpressionGrammar(head, vocabulary).wanted(Type::data);
}

bool any_expression(Head& head, const Vocabulary& vocabulary) {
  return ExpressionGrammar(head, vocabulary).expression(Type::any) == Type::data;
}

bool switch_expression(Head& head, const Vocabulary& vocabulary) {
  return ExpressionGrammar(head, vocabulary).expression(Type::data_or_number) == Type::data;
}

void case_expression(Head& head, const Vocabulary& vocabulary, bool data) {
  ExpressionGrammar(head, vocabulary).expression(data ? Type::data : Type::number);
}

void evaluated_expression(Head& head, const Vocabulary& vocabulary) {
  ExpressionGrammar(head, vocabulary).expression(Type::data);
}

}  // namespace krgboot::dhcpd
