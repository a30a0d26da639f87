#include "operation.hpp"

namespace krgboot {

Identity identity_of(const FileStatus& status) noexcept {
  return {status.kind, status.inode, status.size, status.mtime_ns};
}

bool is_same(const std::optional<FileStatus>& status, const Identity& self, const Identity& other) noexcept {
  if (!status || status->kind != self.kind) return false;
  if (self.kind == FileKind::directory) return status->inode == self.inode;
  return status->size == self.size && status->mtime_ns == self.mtime_ns &&
         (status->inode == self.inode || status->inode != other.inode);
}

std::string staging_name(const std::string& id) {
  return ".krgboot." + id;
}
std::string aside_name(const std::string& id) {
  return ".krgboot." + id + ".old";
}

}  // namespace krgboot
