// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace trimtab {

/// @brief Values of several types side by side; trivially copyable when they are, which `std::tuple` never is in
/// libstdc++: what the states of combined guards and triggers are kept in.
template <class... T>
struct pack {
  constexpr pack() = default;
  static constexpr std::size_t size = 0;
};

template <class First, class... Rest>
struct pack<First, Rest...> {
  First first{};
  pack<Rest...> rest{};

  static constexpr std::size_t size = 1 + sizeof...(Rest);

  constexpr pack() = default;
  constexpr explicit pack(const First& f, const Rest&... r) noexcept : first(f), rest(r...) {}
};

/// The value at position I.
template <std::size_t I, class First, class... Rest>
constexpr auto& get(pack<First, Rest...>& p) noexcept {
  if constexpr (I == 0) {
    return p.first;
  } else {
    return get<I - 1>(p.rest);
  }
}
template <std::size_t I, class First, class... Rest>
constexpr const auto& get(const pack<First, Rest...>& p) noexcept {
  if constexpr (I == 0) {
    return p.first;
  } else {
    return get<I - 1>(p.rest);
  }
}

}  // namespace trimtab
