// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// One account through one tape with one keeper, and what came of it.

#include <trimtab/simulate/keeper.hpp>
#include <trimtab/simulate/world.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace trimtab::simulate {

/// @brief Why an account was liquidated although somebody looked after it.
enum class liquidation_cause : std::uint8_t {
  unattended,  ///< nobody was looking, or not yet
  jump,  ///< from the last untraded state at or above the edge, health fell below 1 within the feed's next print and δ
  depth,     ///< the venue could not restore the target
  reserve,   ///< the protocol's limits did not allow the trade
  gas,       ///< gas above the ceiling, or an empty tank
  reverted,  ///< a transaction reverted since
  steering,  ///< none of these: the keeper's own fault
};
inline constexpr std::size_t liquidation_causes = 7;

[[nodiscard]] constexpr const char* name(liquidation_cause cause) noexcept {
  constexpr std::array<const char*, liquidation_causes> names = {"unattended", "jump",     "depth",   "reserve",
                                                                 "gas",        "reverted", "steering"};
  return names[static_cast<std::size_t>(cause)];
}

/// @brief A moment at which the keeper wanted something, and what it said.
struct note {
  std::size_t block = 0;
  double health = infinity;
  std::string text;
};

/// @brief Everything that a column of the table is made of.
struct run_report {
  bar_order order = bar_order::high_first;
  world_counts counts{};
  equity_split equity{};
  std::array<int, liquidation_causes> causes{};
  double minimum_health = infinity;  ///< as the liquidator saw it
  std::size_t minimum_at = 0;        ///< block
  int acted = 0;                     ///< transactions that a person had to send
  int refusals = 0;                  ///< spells below the edge in which the keeper wanted to trade and could not
  double idle_per_debt = 0.0;        ///< ∫(C − D/LT)dt ÷ ∫D dt, from the last block to the next
  double average_debt = 0.0;         ///< of the opening debt
  bool feasible = true;              ///< every trade that was wanted could reach its target
  std::vector<float> health;         ///< the lowest of each stretch of `stride` blocks, as the liquidator saw it
  std::size_t stride = 1;
  std::vector<note> notes;

  /// @brief No state gave less time than δ and every trade was feasible: a liquidation here would be the keeper's own
  /// fault.
  [[nodiscard]] bool saveable() const noexcept {
    return feasible && causes[static_cast<std::size_t>(liquidation_cause::jump)] == 0;
  }
};

/// @brief Points of the health series at most: years of blocks stay small.
inline constexpr std::size_t most_health_points = 8'192;

/// @brief What kind of keeper it is, for causes.
struct run_rules {
  double lower_edge = 1.15;  ///< at or above it nobody acts
  bool automatic = false;    ///< looks every block: a liquidation has a cause other than that nobody was there
};

namespace detail {

[[nodiscard]] constexpr liquidation_cause cause_of(const thought& t) noexcept {
  using enum sizing::limit;
  if (t.reason == errc::gas_ceiling || t.reason == errc::gas_tank) return liquidation_cause::gas;
  if (t.reason == errc::reserve_closed) return liquidation_cause::reserve;
  switch (t.binding) {
    case withdrawable:
    case supply_room:
    case borrow_room:
    case flash_loan:
    case borrow_form:
    case reserve:
    case minimum_debt:
      return liquidation_cause::reserve;
    default:
      return liquidation_cause::depth;
  }
}

/// Keeps what is needed to say why a liquidation happened.
struct watch {
  std::size_t delay_blocks = 0;
  bool at_edge_or_above = true;  // the opening counts as a state in which nothing could have been done before
  std::size_t next_print = 0;    // the first print after the last untraded state at or above the edge
  bool print_seen = false;
  bool hindered = false;  // since then, a trade that was wanted could not reach its target
  liquidation_cause hindrance = liquidation_cause::depth;
  int reverts = 0;  // counted at that state

  void see(std::size_t block, bool printed) {
    if (printed && !print_seen) {
      print_seen = true;
      next_print = block;
    }
  }
  void untraded(int reverts_now) {
    print_seen = hindered = false;
    reverts = reverts_now;
  }
  [[nodiscard]] liquidation_cause cause(std::size_t block, int reverts_now, bool automatic) const {
    if (!automatic) return liquidation_cause::unattended;
    if (!print_seen || block <= next_print + delay_blocks) return liquidation_cause::jump;
    if (hindered) return hindrance;
    return reverts_now > reverts ? liquidation_cause::reverted : liquidation_cause::steering;
  }
};

}  // namespace detail

/// @brief Lives through the tape.
///
/// @param observe (std::size_t block, const world<H>&, const K&) → void, after the keeper has looked
/// @cost  O(blocks); allocates the health series and the notes
template <Liquidatable H, Keeper K, class Observe>
run_report run(const market_tape& tape, const H& model, const account<>& opening, const world_rules& rules, K keeper,
               const run_rules& how, Observe observe) {
  world<H> w(tape, model, opening, rules);
  run_report out;
  out.stride = (tape.clock.blocks + most_health_points - 1) / most_health_points;
  out.health.assign((tape.clock.blocks + out.stride - 1) / out.stride, std::numeric_limits<float>::infinity());
  detail::watch watch{
      .delay_blocks = static_cast<std::size_t>((rules.delay_seconds + tape.clock.seconds - 1) / tape.clock.seconds)};
  const double opening_debt = w.owed();
  long_sum idle, debt;
  thought before;
  for (std::size_t b = 0; b < tape.clock.blocks; ++b) {
    if (b > 0) {
      idle.add(std::isfinite(w.health()) ? w.collateral_value() * (1.0 - 1.0 / w.health()) : w.collateral_value());
      debt.add(w.owed());
      w.begin(b);
    }
    watch.see(b, w.printed() && b > 0);
    const double health = w.health();
    float& lowest = out.health[b / out.stride];
    lowest = std::min(lowest, static_cast<float>(health));
    if (health < out.minimum_health) out.minimum_health = health, out.minimum_at = b;
    if (const int calls = w.liquidate(); calls > 0) {
      out.causes[static_cast<std::size_t>(watch.cause(b, w.counts().reverts, how.automatic))] += calls;
      keeper.told({.kind = receipt_kind::liquidated, .nonce = 0, .at = w.now()});
    }
    w.include_due([&](const receipt& r) { keeper.told(r); });
    w.arbitrage();
    const auto asked = keeper.look(w.look());
    if (asked) w.send(*asked);

    const thought now = keeper.last();
    const bool wants =
        now.said == verdict::refuse || (now.said == verdict::rebalance && now.reason == errc::infeasible);
    if (wants) {
      out.feasible = false;
      watch.hindered = true;
      watch.hindrance = detail::cause_of(now);
      if (before.said != verdict::refuse && now.said == verdict::refuse) ++out.refusals;
    }
    const bool changed = now.said != before.said || now.reason != before.reason || now.binding != before.binding;
    if (asked || (now.said == verdict::refuse && changed)) out.notes.push_back({b, w.health(), keeper.explain()});
    before = now;
    if (!w.anything_in_flight() && !asked && w.health() >= how.lower_edge) watch.untraded(w.counts().reverts);
    observe(b, w, keeper);
  }
  out.counts = w.counts();
  out.equity = w.split();
  out.acted = keeper.acted();
  const double blocks = static_cast<double>(tape.clock.blocks - 1);
  out.idle_per_debt = debt.value() > 0.0 ? idle.value() / debt.value() : 0.0;
  out.average_debt = opening_debt > 0.0 ? debt.value() / blocks / opening_debt : 0.0;
  return out;
}

/// @brief Does `a` look worse than `b`? More liquidations first, then less left at the end.
[[nodiscard]] inline bool worse(const run_report& a, const run_report& b) {
  if (a.counts.liquidations != b.counts.liquidations) return a.counts.liquidations > b.counts.liquidations;
  return a.equity.closing < b.equity.closing;
}

}  // namespace trimtab::simulate
