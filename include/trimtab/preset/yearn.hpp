// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/time.hpp>
#include <trimtab/core/units.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace trimtab::preset {

/// Why the allocator moves nothing. Its own words are `name`.
enum class yearn_refusal : std::uint8_t {
  none,
  paused,
  base_fee,
  not_added,
  min_wait,
  not_active,  ///< the only one that reverts instead of saying so
  no_idle,
  unrealised_loss,
  below_min,
};

/// As the contract says it, to be compared with what it returns; empty for none.
constexpr const char* name(yearn_refusal r) noexcept {
  constexpr const char* names[] = {"",        "Paused",  "Base Fee",        "!added",   "min wait",
                                   "!active", "No Idle", "unrealised loss", "Below Min"};
  return names[static_cast<std::size_t>(r)];
}

/// A vault and what it holds, in smallest units of its asset.
struct yearn_vault {
  bool paused = false;
  units minimum_change{};  ///< must be exceeded
  units total_assets{};
  units idle{};
  units least_idle{};
  std::uint64_t base_fee = 0;  ///< wei, now; 0 where nobody is asked for it
};

/// One of its strategies.
struct yearn_strategy {
  bool added = true;               ///< to the allocator
  bool active = true;              ///< in the vault
  std::uint16_t target_ratio = 0;  ///< of the vault's assets, basis points
  std::uint16_t max_ratio = 0;
  timestamp last_update = never;
  units debt{};  ///< that the vault has put into it
  units max_debt{};
  units max_deposit{};
  units redeemable{};  ///< what could be taken out now
  bool unrealised_loss = false;
};

struct yearn_answer {
  bool update = false;
  yearn_refusal reason = yearn_refusal::none;
  errc why = errc::ok;  ///< bad_configuration: ratios that the allocator does not store
  units change{};       ///< of the debt
  units debt{};         ///< afterwards; as it is without an update
};

/// @brief When a strategy of a Yearn vault gets more or gives back, in the contract's own integers.
///
/// Adds      where debt < min(⌊assets · target⌋, max debt): up to min(⌊assets · max⌋, max debt), at most what is idle
///           above the least and what the strategy takes
/// Pulls     where debt > min(⌊assets · max⌋, max debt): down to the target, and at least what the vault's least idle
///           lacks, at most what can be redeemed; nothing while there is an unrealised loss
/// Neither   unless it is more than `minimum_change`, longer than `minimum_wait` after the last one, and the base fee
///           is at most `max_base_fee`
/// Between target and max nothing is done: the two are the band, and adding goes to its far edge.
///
/// What it lacks: what moving costs or earns; a pull that a loss makes urgent (it is the case that is refused); a fee
/// ceiling that gives way to urgency.
/// @source yearn/vault-periphery, src/debtAllocators/DebtAllocator.sol, `shouldUpdateDebt`, `initialize`
struct yearn_rules {
  seconds minimum_wait{21'600};
  std::uint64_t max_base_fee = std::numeric_limits<std::uint64_t>::max();  ///< wei

  [[nodiscard]] constexpr errc validate() const noexcept {
    return minimum_wait.count() >= 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr yearn_answer decide(const yearn_vault& v, const yearn_strategy& s,
                                              timestamp now) const noexcept;

private:
  static constexpr units::integer count(units u) noexcept {
    return (static_cast<units::integer>(u.high()) << 64) | u.low();
  }
  static constexpr units of(units::integer n) noexcept {
    return units::from_words(static_cast<std::uint64_t>(n >> 64), static_cast<std::uint64_t>(n));
  }
  static constexpr units::integer least(units::integer a, units::integer b) noexcept { return a < b ? a : b; }
  // ⌊n·ratio/10⁴⌋ without the product.
  static constexpr units::integer share(units::integer n, std::uint16_t ratio) noexcept {
    return n / 10'000 * ratio + n % 10'000 * ratio / 10'000;
  }
};

constexpr yearn_answer yearn_rules::decide(const yearn_vault& v, const yearn_strategy& s,
                                           timestamp now) const noexcept {
  yearn_answer a{.debt = s.debt};
  const auto refused = [&](yearn_refusal r) { return a.reason = r, a; };
  if (s.target_ratio > s.max_ratio || s.max_ratio > 10'000) return a.why = errc::bad_configuration, a;
  if (v.paused) return refused(yearn_refusal::paused);
  if (v.base_fee > max_base_fee) return refused(yearn_refusal::base_fee);
  if (!s.added) return refused(yearn_refusal::not_added);
  if (s.last_update != never && now - s.last_update <= minimum_wait) return refused(yearn_refusal::min_wait);
  if (!s.active) return refused(yearn_refusal::not_active);

  const auto debt = count(s.debt), idle = count(v.idle), least_idle = count(v.least_idle);
  const auto target = least(share(count(v.total_assets), s.target_ratio), count(s.max_debt));
  const auto most = least(share(count(v.total_assets), s.max_ratio), count(s.max_debt));
  const bool adds = target > debt, pulls = !adds && most < debt;
  units::integer change = 0;
  if (adds) {
    if (least_idle >= idle) return refused(yearn_refusal::no_idle);
    change = least(most - debt, least(idle - least_idle, count(s.max_deposit)));
  } else if (pulls) {
    change = debt - target;
    if (least_idle > idle && least_idle - idle > change) change = least_idle - idle;
    change = least(change, count(s.redeemable));
  }
  if (!(change > count(v.minimum_change))) return refused(yearn_refusal::below_min);
  if (pulls && s.unrealised_loss) return refused(yearn_refusal::unrealised_loss);
  // More can be redeemable than the vault has put in: the contract's subtraction then reverts.
  if (pulls && change > debt) return a.why = errc::insufficient_balance, a;
  a.update = true;
  a.change = of(change);
  a.debt = of(adds ? debt + change : debt - change);
  return a;
}

}  // namespace trimtab::preset
