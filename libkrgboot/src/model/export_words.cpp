#include "krgboot/base/error.hpp"
#include "krgboot/model/spec.hpp"

namespace krgboot {

std::string to_string(Squash squash) {
  switch (squash) {
    case Squash::no_root_squash:
      return "no_root_squash";
    case Squash::root_squash:
      return "root_squash";
    case Squash::all_squash:
      return "all_squash";
  }
  throw InternalError("a squash without a word");
}

std::string to_string(SecurityFlavor flavor) {
  switch (flavor) {
    case SecurityFlavor::sys:
      return "sys";
    case SecurityFlavor::krb5:
      return "krb5";
    case SecurityFlavor::krb5i:
      return "krb5i";
    case SecurityFlavor::krb5p:
      return "krb5p";
  }
  throw InternalError("a flavor without a word");
}

std::string to_string(FileSystemType type) {
  switch (type) {
    case FileSystemType::ext4:
      return "ext4";
    case FileSystemType::xfs:
      return "xfs";
    case FileSystemType::btrfs:
      return "btrfs";
  }
  throw InternalError("a type of file system without a word");
}

}  // namespace krgboot
