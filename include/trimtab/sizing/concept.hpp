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
/// - `at_size(problem, x)`  the trade that sells exactly x, whatever health it leaves
/// - `objection_to(problem, trade)` why a trade of another size may not be made; `errc::ok` when it may
template <class Z, class V = liquidity::frictionless>
concept Sizer = requires(const Z& sizer, const sizing::problem<V>& problem, direction towards,
                         const sizing::trade& trade) {
  { sizer.validate() } -> std::same_as<errc>;
  { sizer.can(towards) } -> std::same_as<bool>;
  { sizer.size(problem) } -> std::same_as<sizing::sized>;
  { sizer.at_size(problem, 1.0) } -> std::same_as<sizing::trade>;
  { sizer.objection_to(problem, trade) } -> std::same_as<sizing::objection>;
};

/// Does a sizer borrow to lever up? One that only lets collateral go says `static constexpr bool borrows = false`.
template <class Z>
constexpr bool borrows_to_lever() noexcept {
  if constexpr (requires { Z::borrows; })
    return Z::borrows;
  else
    return true;
}

}  // namespace trimtab
