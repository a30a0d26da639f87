#include "image_programs.hpp"

#include "krgboot/base/error.hpp"

#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace krgboot {

namespace {

/// The kernel's path of an open file; empty if unknown.
std::string name_of_descriptor(int descriptor) {
  std::array<char, 4096> name{};
  auto size = readlink(fmt::format("/proc/self/fd/{}", descriptor).c_str(), name.data(), name.size());
  return size <= 0 ? std::string() : std::string(name.data(), static_cast<std::size_t>(size));
}

/// nullopt for a symlink loop: neither the kernel nor init finds a file there.
std::optional<FileStatus> status_in(const Root& image, const std::string& path) {
  try {
    return image.status_through_links(path);
  } catch (const IoError& error) {
    if (error.error_number() != ELOOP) throw;
    return std::nullopt;
  }
}

}  // namespace

bool has_file(const Root& image, const std::string& path) {
  auto status = status_in(image, path);
  return status && status->kind == FileKind::file;
}

std::string tidy_path(const std::string& path) {
  auto tidy = std::filesystem::path(path).lexically_normal().string();
  while (tidy.size() > 1 && tidy.back() == '/') tidy.pop_back();
  return tidy.compare(0, 2, "//") == 0 ? tidy.substr(1) : tidy;
}

bool has_directory(const Root& image, const std::string& path) {
  auto status = status_in(image, path);
  return status && status->kind == FileKind::directory;
}

std::optional<std::string> program_in(const Root& image, const std::string& path) {
  try {
    auto status = status_in(image, path);
    if (!status || status->kind != FileKind::file || (status->mode & 0111U) == 0) return std::nullopt;
    auto file = image.open(path, O_PATH, LastLink::follow);
    auto tree = name_of_descriptor(image.descriptor());
    auto name = name_of_descriptor(file.get());
    if (tree == "/") return name;
    // outside the image only while it is being moved
    auto inside = !tree.empty() && name.size() > tree.size() && name.compare(0, tree.size(), tree) == 0;
    return inside ? name.substr(tree.size()) : path;
  } catch (const ArgumentError&) {
    return std::nullopt;  // a path with "..", which no image needs
  }
}

bool is_masked_unit(const Root& image, const std::string& unit) {
  auto path = fmt::format("{}/{}", system_units, unit);
  auto status = image.status(path);
  return status && status->kind == FileKind::symlink && image.read_link(path) == "/dev/null";
}

}  // namespace krgboot
