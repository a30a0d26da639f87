#include "krgboot/services/boot_file_candidate.hpp"

#include "krgboot/base/error.hpp"

namespace krgboot {

std::string to_string(BootFileCandidate::State state) {
  switch (state) {
    case BootFileCandidate::State::missing:
      return "missing";
    case BootFileCandidate::State::loaded:
      return "loaded";
    case BootFileCandidate::State::hidden:
      return "hidden";
    case BootFileCandidate::State::unreadable:
      return "unreadable";
  }
  throw InternalError("a state without a name");
}

}  // namespace krgboot
