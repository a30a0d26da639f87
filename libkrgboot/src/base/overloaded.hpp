#pragma once

namespace krgboot {

/// A visitor made of lambdas, one per alternative.
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace krgboot
