#include "krgboot/formats/kernel/kerrighed_parameters.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <array>

#include <fmt/format.h>

namespace krgboot {

namespace {

struct Number {
  const char* name;
  int minimum;
  int maximum;
  std::optional<int> KerrighedParameters::*field;
};

constexpr Number session_id{"session_id", 1, 9999, &KerrighedParameters::session_id};
constexpr Number node_id{"node_id", 0, 255, &KerrighedParameters::node_id};
constexpr Number nb_nodes_min{"nb_nodes_min", 1, 256, &KerrighedParameters::nb_nodes_min};
constexpr const char* autonodeid = "autonodeid";

void add(std::vector<KernelParameter>& list, const KerrighedParameters& parameters, const Number& number) {
  auto value = parameters.*number.field;
  if (!value) return;
  auto text = fmt::format("{}", *value);
  if (*value < number.minimum || *value > number.maximum) {
    throw ArgumentError("kerrighed.range", text,
                        fmt::format("{}={} is out of range: expected {} to {}", number.name, text,
                                    number.minimum, number.maximum));
  }
  list.push_back(KernelParameter::assignment(number.name, text));
}

void complain(Diagnostics& diagnostics, const KernelParameter& parameter, std::string_view expected) {
  diagnostics.push_back(
      {Severity::error,
       "kerrighed.value",
       fmt::format("{} has no meaning to a Kerrighed kernel", in_quotes(parameter.to_string())),
       fmt::format("expected {}", expected),
       "",
       {}});
}

void find(const KernelCommandLine& line, KerrighedReading& reading, const Number& number) {
  const auto* parameter = line.find(number.name);
  if (parameter == nullptr) return;
  auto value = parse_decimal(parameter->value().value_or(""), static_cast<unsigned long>(number.maximum));
  if (value && static_cast<int>(*value) >= number.minimum) {
    reading.parameters.*number.field = static_cast<int>(*value);
  } else {
    complain(reading.diagnostics, *parameter,
             fmt::format("a number from {} to {}", number.minimum, number.maximum));
  }
}

}  // namespace

std::vector<KernelParameter> kerrighed_parameters(const KerrighedParameters& parameters) {
  std::vector<KernelParameter> list;
  add(list, parameters, session_id);
  if (parameters.autonodeid) {
    list.push_back(KernelParameter::assignment(autonodeid, *parameters.autonodeid ? "1" : "0"));
  }
  add(list, parameters, node_id);
  add(list, parameters, nb_nodes_min);
  return list;
}

KerrighedReading find_kerrighed_parameters(const KernelCommandLine& line) {
  KerrighedReading reading;
  find(line, reading, session_id);
  if (const auto* parameter = line.find(autonodeid); parameter != nullptr) {
    if (parameter->value() == "1" || parameter->value() == "0") {
      reading.parameters.autonodeid = parameter->value() == "1";
    } else {
      complain(reading.diagnostics, *parameter, "0 or 1");
    }
  }
  find(line, reading, node_id);
  find(line, reading, nb_nodes_min);
  return reading;
}

}  // namespace krgboot
