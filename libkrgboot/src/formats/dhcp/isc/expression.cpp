#include "expression.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cursor.hpp"
#include "functions.hpp"

namespace krgboot::dhcpd {

namespace {

struct Operand {
  Value value;
  Type type = Type::any;
};

enum class Operator : char {
  none = 0,
  equal = '=',
  not_equal = '!',
  matches = '~',
  and_ = 'a',
  or_ = 'o',
  add = '+',
  subtract = '-',
  multiply = '*',
  divide = '/',
  remainder = '%',
  bit_and = '&',
  bit_or = '|',
  bit_xor = '^',
};

int precedence(Operator op) {
  switch (op) {
    case Operator::equal:
    case Operator::not_equal:
    case Operator::matches:
      return 4;
    case Operator::and_:
    case Operator::or_:
      return 3;
    case Operator::add:
    case Operator::subtract:
      return 2;
    case Operator::multiply:
    case Operator::divide:
    case Operator::remainder:
      return 1;
    default:
      return 100;
  }
}

Type operand_type(Operator op) {
  switch (op) {
    case Operator::equal:
    case Operator::not_equal:
    case Operator::matches:
      return Type::data;
    case Operator::and_:
    case Operator::or_:
      return Type::boolean;
    default:
      return Type::number;
  }
}

Value apply(Operator op, const Value& left, const Value& right) {
  bool undecidable = left.is(ValueKind::undecidable) || right.is(ValueKind::undecidable);
  switch (op) {
    case Operator::equal:
    case Operator::not_equal:
      if (undecidable) return {};
      return Value::of_boolean((left == right) == (op == Operator::equal));
    case Operator::and_:
      if (left.is(ValueKind::undecidable)) return {};
      if (!left.is_true()) return Value::null();
      return right;
    case Operator::or_:
      if (left.is_true() || right.is_true()) return Value::of_boolean(true);
      if (undecidable) return {};
      if (left.is(ValueKind::null) && right.is(ValueKind::null)) return Value::null();
      return Value::of_boolean(false);
    case Operator::matches:
      return {};
    default:
      return undecidable ? Value{} : arithmetic(static_cast<char>(op), left, right);
  }
}

class Evaluator {
 public:
  Evaluator(const EvaluationContext& context, const Tree& tree, std::span<const Token> tokens)
      : context_(context), cursor_(tree, tokens) {}

  Value run() {
    auto value = expression(Type::any, std::nullopt).value;
    return failed_ || !cursor_.done() ? Value{} : value;
  }

 private:
  struct Left {
    Operand operand;
    Operator op;
  };

  Operand fail() {
    failed_ = true;
    return {};
  }

  /// Follows dhcpd's parser: an operator that binds tighter than the one before it takes everything to its
  /// right.
  Operand expression(Type type, std::optional<Left> left) {
    if (++depth_ > deepest_expression) return fail();
    for (;;) {
      auto right = operand(type);
      if (failed_) return {};
      type = right.type;
      auto next = take_operator();
      if (!left) {
        if (next == Operator::none) return leave(right);
        left = Left{std::move(right), next};
        continue;
      }
      if (next != Operator::none && precedence(left->op) < precedence(next)) {
        right = expression(operand_type(next), Left{std::move(right), next});
        next = Operator::none;
      }
      Operand combined{apply(left->op, left->operand.value, right.value), result_type(left->op)};
      if (next == Operator::none) return leave(combined);
      left = Left{std::move(combined), next};
    }
  }

  Operand leave(Operand operand) {
    --depth_;
    return operand;
  }

  static Type result_type(Operator op) {
    return precedence(op) == 4 || precedence(op) == 3 ? Type::boolean : Type::number;
  }

  Operator take_operator() {
    static const std::string_view symbols = "=+*/%&|^";
    if (cursor_.take_keyword("and")) return Operator::and_;
    if (cursor_.take_keyword("or")) return Operator::or_;
    if (cursor_.take_keyword("-")) return Operator::subtract;
    for (char symbol : symbols) {
      if (cursor_.take_symbol(symbol)) return static_cast<Operator>(symbol);
    }
    if (cursor_.take_symbol('!')) {
      if (cursor_.take_symbol('=')) return Operator::not_equal;
      failed_ = true;
    }
    if (cursor_.take_symbol('~')) {
      if (cursor_.take_symbol('=') || cursor_.take_symbol('~')) return Operator::matches;
      failed_ = true;
    }
    return Operator::none;
  }

  Operand operand(Type type) {
    if (auto text = cursor_.string()) return {Value::of_data(*text), Type::data};
    if (cursor_.take_symbol('(')) {
      auto inner = expression(type, std::nullopt);
      return cursor_.take_symbol(')') ? inner : fail();
    }
    if (type == Type::number) {
      if (auto number = cursor_.number(0x7fffffff)) {
        return {Value::of_number(static_cast<std::int64_t>(*number)), Type::number};
      }
    }
    if (auto octets = cursor_.hex_octets()) return {Value::of_data(*octets), Type::data};
    auto word = cursor_.word();
    return word ? named(*word) : fail();
  }

  Operand named(const std::string& word) {
    const auto& s = context_;
    if (word == "not") return negated();
    if (word == "known") return {Value::of_boolean(s.known), Type::boolean};
    if (word == "static") return {Value::of_boolean(s.fixed), Type::boolean};
    if (word == "exists") return exists();
    if (word == "option" || word == "config-option") return option(word == "option");
    if (word == "hardware") return {Value::of_data('\1' + mac_bytes(s.client.mac)), Type::data};
    if (word == "leased-address") return {leased_address(), Type::data};
    if (word == "host-decl-name") {
      return {s.host_name.empty() ? Value::null() : Value::of_data(s.host_name), Type::data};
    }
    if (word == "null") return {Value::null(), Type::data};
    // The file and sname fields of the client's packet. PXE leaves both empty.
    if (word == "filename" || word == "server-name") return {Value::null(), Type::data};
    if (cursor_.take_symbol('(')) return function(word);
    if (word == "check") cursor_.skip();
    return {};  // a variable
  }

  Operand negated() {
    if (++depth_ > deepest_expression) return fail();
    auto value = leave(operand(Type::boolean)).value;
    if (value.is(ValueKind::boolean)) value = Value::of_boolean(!value.is_true());
    return {value, Type::boolean};
  }

  Value sent(const std::string& name) const {
    auto code = option_code(context_.declarations, name);
    auto found = code ? context_.client.options.find(*code) : context_.client.options.end();
    return found == context_.client.options.end() ? Value::null() : Value::of_data(found->second);
  }

  Operand exists() {
    auto name = cursor_.dotted_name();
    if (!name) return fail();
    return {Value::of_boolean(!sent(to_lower(*name)).is(ValueKind::null)), Type::boolean};
  }

  Operand option(bool of_client) {
    auto name = cursor_.dotted_name();
    if (!name) return fail();
    auto lower = to_lower(*name);
    if (of_client) return {sent(lower), Type::data};
    return {context_.config_option ? context_.config_option(lower) : Value::null(), Type::data};
  }

  Value leased_address() const {
    if (!context_.has_lease) return Value::null();
    if (!context_.leased_address) return {};
    return Value::of_data(address_bytes(*context_.leased_address));
  }

  Operand function(const std::string& name) {
    const auto* signature = signature_of(name);
    std::vector<Value> arguments;
    if (!cursor_.take_symbol(')')) {
      do {
        auto type = signature == nullptr ? Type::any : signature->type_of(arguments.size());
        arguments.push_back(expression(type, std::nullopt).value);
        if (failed_) return {};
      } while (cursor_.take_symbol(','));
      if (!cursor_.take_symbol(')')) return fail();
    }
    if (signature == nullptr) return {Value{}, Type::data};  // a function that the configuration defines
    if (!signature->takes(arguments.size())) return fail();
    return {call(name, arguments), signature->result};
  }

  const EvaluationContext& context_;
  Cursor cursor_;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

Value evaluate(const EvaluationContext& context, const Tree& tree, std::span<const Token> tokens) {
  return Evaluator(context, tree, tokens).run();
}

}  // namespace krgboot::dhcpd
