// Kernel command lines, and the parameters that krgboot reads from them.
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/kernel/ip_config.hpp"
#include "krgboot/formats/kernel/kerrighed_parameters.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

void nfs_root(const KernelCommandLine& line) {
  auto reading = find_nfs_root(line);
  if (!reading) return;
  require(reading->root.has_value() == reading->problem.empty(), "either a root or why there is none");
  if (!reading->root) return;
  for (auto consumer : {Initramfs::none, Initramfs::initramfs_tools, Initramfs::dracut}) {
    auto problem = problem_with(*reading->root, consumer);
    auto parameters =
        fuzz::unless<ArgumentError>([&] { return nfs_root_parameters(*reading->root, consumer); });
    require(parameters.has_value() == !problem, "problem_with tells what the parameters cannot carry");
    if (!parameters) continue;
    KernelCommandLine written;
    written.add(*parameters);
    auto again = find_nfs_root(KernelCommandLine::from_string(written.to_string()));
    require(again && again->consumer == consumer, "the consumer is known by its syntax");
    require(again->root == reading->root, "a root over NFS reads back as the same");
  }
}

void ip(std::string_view value) {
  auto config = IpConfig::parse(value);
  auto strict = fuzz::unless<ArgumentError>([&] { return IpConfig::from_string(value); });
  require(config == strict, "from_string throws where parse gives nothing");
  if (!config) return;
  (void)config->is_dynamic();
  require(IpConfig::parse(config->to_string()) == config, "ip= reads back as the same");
}

void kerrighed(const KernelCommandLine& line) {
  auto reading = find_kerrighed_parameters(line);
  KernelCommandLine written;
  written.add(kerrighed_parameters(reading.parameters));
  require(find_kerrighed_parameters(written).parameters == reading.parameters,
          "Kerrighed's parameters read back as the same");
}

void parameter(std::string_view word, std::string_view value) {
  auto check = [](const KernelParameter& made) {
    auto line = KernelCommandLine::parse("before " + made.to_string() + " after");
    require(line && line->parameters().size() + (line->init_arguments() ? 1 : 0) == 3 - made.is_separator(),
            "a parameter is one word to the kernel");
    if (made.is_separator()) return;
    require(line->parameters()[1] == made, "and that word reads back as the same");
  };
  if (auto made = fuzz::unless<ArgumentError>([&] { return KernelParameter::from_item(word); })) check(*made);
  if (auto made = fuzz::unless<ArgumentError>([&] { return KernelParameter::flag(word); })) check(*made);
  if (auto made = fuzz::unless<ArgumentError>([&] { return KernelParameter::assignment(word, value); })) {
    check(*made);
    require(made->name() == word && made->value() == value, "an assignment holds what it was given");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  ip(text);
  auto equals = text.find('=');
  parameter(text, equals == std::string_view::npos ? "" : text.substr(equals + 1));
  parameter(text.substr(0, equals), equals == std::string_view::npos ? "" : text.substr(equals + 1));

  auto line = KernelCommandLine::parse(text);
  require(line.has_value() == (text.find('\0') == std::string_view::npos), "only a NUL cannot be read");
  if (!line) return 0;
  auto again = KernelCommandLine::parse(line->to_string());
  require(again && *again == *line, "a command line reads back as the same");
  for (const auto& found : line->parameters()) {
    require(line->find(found.name()) != nullptr, "a parameter is found by its name");
    if (found.is("ip") && found.value()) ip(*found.value());
  }
  nfs_root(*line);
  kerrighed(*line);
  if (!line->parameters().empty()) {
    auto name = line->parameters().front().name();
    auto count = line->find_all(name).size();
    auto shorter = *line;
    require(shorter.remove(name) == count && shorter.find(name) == nullptr, "what is removed is gone");
  }
  return 0;
}
