#include "krgboot/base/error.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace krgboot {

namespace {

const Diagnostic& first_error(const Diagnostics& diagnostics) {
  auto found = std::find_if(diagnostics.begin(), diagnostics.end(),
                            [](const Diagnostic& d) { return d.severity == Severity::error; });
  if (found == diagnostics.end()) throw InternalError("an error was made of diagnostics that hold none");
  return *found;
}

std::string errors_only(const Diagnostics& diagnostics) {
  Diagnostics errors;
  std::copy_if(diagnostics.begin(), diagnostics.end(), std::back_inserter(errors),
               [](const Diagnostic& d) { return d.severity == Severity::error; });
  return to_string(errors);
}

// The GNU strerror_r, which returns the text and needs no lock.
std::string error_text(int error_number) {
  char buffer[128];
  return strerror_r(error_number, buffer, sizeof buffer);
}

std::string command_message(const std::vector<std::string>& argv, int status, const std::string& output) {
  auto message =
      fmt::format("{} failed with status {}", visible(fmt::format("{}", fmt::join(argv, " "))), status);
  auto tail = visible(trim(output), LineCount::many);
  return tail.empty() ? message : fmt::format("{}: {}", message, tail);
}

}  // namespace

ConfigError::ConfigError(const Diagnostics& diagnostics)
    : DiagnosticsError(first_error(diagnostics).code, first_error(diagnostics).key, errors_only(diagnostics),
                       diagnostics),
      where_(first_error(diagnostics).where) {}

ValidationError::ValidationError(const Diagnostics& diagnostics)
    : DiagnosticsError(first_error(diagnostics).code, first_error(diagnostics).key, errors_only(diagnostics),
                       diagnostics) {}

IoError::IoError(std::string operation, std::string path, int error_number, const std::string& circumstances)
    : Error("io." + operation, path,
            fmt::format("cannot {} {}: {}{}", operation, visible(path), error_text(error_number),
                        circumstances.empty() ? "" : fmt::format(" ({})", circumstances))),
      operation_(std::move(operation)),
      error_number_(error_number) {}

CommandError::CommandError(std::string code, std::vector<std::string> argv, int status, std::string output)
    : Error(std::move(code), argv.empty() ? "" : argv.front(), command_message(argv, status, output)),
      argv_(std::move(argv)),
      status_(status),
      output_(std::move(output)) {}

}  // namespace krgboot
