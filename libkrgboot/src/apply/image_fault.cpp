#include "image_fault.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

namespace krgboot {

namespace {

/// The host path `path` as seen in `root`; empty if it does not lie in `image`.
std::string path_in_image(const Root& root, const std::string& image, const std::string& path) {
  auto tree = root.describe(image);
  if (path.compare(0, tree.size(), tree) != 0) return {};
  auto rest = path.substr(tree.size());
  return rest.empty() || rest.front() == '/' ? image + rest : std::string();
}

}  // namespace

void rethrow_unless_of_files(const Error& error) {
  constexpr std::array lacks = {EMFILE, ENFILE, ENOMEM, ENOSYS, ENOTSUP};
  if (const auto* io = dynamic_cast<const IoError*>(&error);
      io != nullptr && std::find(lacks.begin(), lacks.end(), io->error_number()) != lacks.end())
    throw;
  if (dynamic_cast<const InternalError*>(&error) != nullptr ||
      dynamic_cast<const CommandError*>(&error) != nullptr)
    throw;
}

bool is_of_image(const Root& root, const std::string& image, const Error& error) {
  return !path_in_image(root, image, error.subject()).empty();
}

Diagnostic image_fault(const Root& root, const std::string& image, std::string_view file,
                       std::string_view origin, const Error& error) {
  rethrow_unless_of_files(error);
  auto is_io = dynamic_cast<const IoError*>(&error) != nullptr;
  auto where = path_in_image(root, image, error.subject());
  if (where.empty()) where = file.empty() ? image : std::string(file);
  return {Severity::error,     is_io ? "image.unreadable" : error.code(),
          error.what(),        "repair it in the image; krgboot leaves it unchanged",
          std::string(origin), {std::move(where), {}}};
}

}  // namespace krgboot
