// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/problem.hpp>

#include <concepts>

namespace trimtab {

/// @brief Turns "health must come to this" into one trade. `sizing::restore_target` is the one to copy.
///
/// - `validate()`           errc::ok or errc::bad_configuration
/// - `can(direction)`       which way it trades
/// - `size(problem)`        the trade, certified, or the reason and the binding limit
template <class Z, class V = liquidity::frictionless>
concept Sizer = requires(const Z& sizer, const sizing::problem<V>& problem, direction towards) {
  { sizer.validate() } -> std::same_as<errc>;
  { sizer.can(towards) } -> std::same_as<bool>;
  { sizer.size(problem) } -> std::same_as<sizing::sized>;
};

}  // namespace trimtab
