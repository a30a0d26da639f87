#include "krgboot/formats/root_tree/initramfs_conf.hpp"

namespace krgboot::initramfs_conf {

std::string_view initramfs_tools() noexcept {
  return "# Written by krgboot: nodes of this image mount their root over NFS.\n"
         "MODULES=netboot\n"
         "BOOT=nfs\n";
}

std::string_view dracut() noexcept {
  return "# Written by krgboot: nodes of this image mount their root over NFS.\n"
         "hostonly=\"no\"\n"
         "add_dracutmodules+=\" nfs \"\n";
}

}  // namespace krgboot::initramfs_conf
