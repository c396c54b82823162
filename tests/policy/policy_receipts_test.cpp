// SPDX-License-Identifier: MIT
// Every sequence of looks and receipts up to length five, breadth first; states that cannot be told apart are visited
// once.
#include <gtest/gtest.h>

#include <trimtab/policy/policy.hpp>

#include "support/keepers.hpp"
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace trimtab;

constexpr double healthy = 1.4, below = 1.12, urgent = 1.03;
constexpr std::array levels{healthy, below, urgent};
constexpr std::array kinds{receipt_kind::sent,      receipt_kind::partially_filled, receipt_kind::filled,
                           receipt_kind::reverted,  receipt_kind::replaced,         receipt_kind::expired,
                           receipt_kind::liquidated};
constexpr seconds tick{30};

// What the world knows and the policy does not: which trade was proposed last, which is out, which are used up.
template <class Policy>
struct node {
  typename Policy::state_type state{};
  bool proposed = false;
  std::uint64_t proposal = 0;
  timestamp deadline = never;  // until when the proposed plan may execute
  bool flying = false;
  std::uint64_t flying_nonce = 0;
  timestamp flying_until = never;
  std::uint64_t used = 0;  // a bit per nonce
  std::string path;
};

template <class Policy>
auto key(const node<Policy>& n) {
  const order& o = n.state.order;
  const auto& [band, cooldown] = std::pair(get<0>(n.state.trigger), get<1>(n.state.trigger));
  return std::array<double, 24>{static_cast<double>(o.status),
                                static_cast<double>(o.current.towards),
                                o.current.more_to_come ? 1.0 : 0.0,
                                o.episode_open ? 1.0 : 0.0,
                                o.gave_up ? 1.0 : 0.0,
                                o.gave_up_a_piece ? 1.0 : 0.0,
                                static_cast<double>(o.replacement.towards),
                                o.replacement.more_to_come ? 1.0 : 0.0,
                                o.replacement.expected.debt_by,
                                static_cast<double>(o.nonce),
                                static_cast<double>(o.episode),
                                static_cast<double>(unix_seconds(o.deadline)),
                                o.current.target,
                                o.current.expected.collateral_by,
                                o.current.expected.debt_by,
                                static_cast<double>(band.where),
                                cooldown.ready ? 1.0 : 0.0,
                                static_cast<double>(unix_seconds(n.state.last_fill)),
                                n.proposed ? static_cast<double>(n.proposal) : -1.0,
                                n.flying ? static_cast<double>(n.flying_nonce) : -1.0,
                                static_cast<double>(unix_seconds(n.flying_until)),
                                static_cast<double>(n.used),
                                static_cast<double>(unix_seconds(n.state.last_look)),
                                static_cast<double>(unix_seconds(n.deadline))};
}

struct tally {
  long looks = 0, receipts = 0, sequences = 0;
  int faults = 0;
};

template <class Policy>
void fault(tally& t, const node<Policy>& n, const char* what, const typename Policy::decision_type& d) {
  if (++t.faults <= 5)
    ADD_FAILURE() << what << " after" << n.path << ": " << name(d.verdict) << ' ' << name(d.reason) << " nonce "
                  << d.nonce;
}

template <class Policy>
void look(const Policy& keeper, node<Policy>& n, double health, timestamp now, tally& t) {
  const auto d = keeper(n.state, cases::watching(health, now).look());
  ++t.looks;
  const auto again = keeper(n.state, cases::watching(health, now).look());
  if (again.verdict != d.verdict || again.nonce != d.nonce || again.trade.sold != d.trade.sold)
    fault(t, n, "two answers to one question", d);
  if (d.verdict == verdict::rebalance) {
    if (n.flying && now <= n.flying_until && d.nonce != n.flying_nonce)
      fault(t, n, "a second trade while one is in flight", d);
    if ((n.used >> d.nonce & 1U) != 0) fault(t, n, "a used nonce", d);
    n.proposed = true;
    n.proposal = d.nonce;
    n.deadline = d.deadline;
  }
  if (health == urgent) {
    const bool waits =
        d.verdict == verdict::hold && d.reason == errc::pending && d.health_with_fill > cases::two_sided.emergency;
    if (d.verdict != verdict::rebalance && !waits) fault(t, n, "silent in an emergency", d);
  }
  if (d.verdict == verdict::refuse) fault(t, n, "refused with nothing in the way", d);
  n.state = d.state;
}

template <class Policy>
void tell(const Policy& keeper, node<Policy>& n, const receipt& r, tally& t) {
  ++t.receipts;
  const bool ours = (n.flying && r.nonce == n.flying_nonce) || (n.proposed && r.nonce == n.proposal);
  if (ours && (n.used >> r.nonce & 1U) == 0) {
    switch (r.kind) {
      case receipt_kind::sent:
      case receipt_kind::replaced:
        if (r.nonce != n.proposal || r.at > n.deadline) break;  // sent too late to execute
        n.flying = true;
        n.flying_nonce = r.nonce;
        n.flying_until = n.deadline;
        break;
      case receipt_kind::liquidated:
        break;
      default:
        n.used |= std::uint64_t{1} << r.nonce;
        if (n.flying_nonce == r.nonce) n.flying = false;
    }
  }
  n.state = keeper.on_receipt(n.state, r);
}

template <class Policy>
tally enumerate(const Policy& keeper, int length) {
  tally t;
  std::vector<node<Policy>> layer(1);
  for (int depth = 0; depth < length; ++depth) {
    const timestamp now = cases::start + tick * (2 * depth), later = now + tick;
    std::map<std::array<double, 24>, node<Policy>> next;
    for (const auto& from : layer)
      for (int level = -1; level < static_cast<int>(levels.size()); ++level) {
        node<Policy> looked = from;
        if (level >= 0) {
          const double health = levels[static_cast<std::size_t>(level)];
          look(keeper, looked, health, now, t);
          looked.path += " look " + std::to_string(health).substr(0, 4);
        }
        for (const auto kind : kinds)
          for (const int off : {0, 1, -1}) {
            const auto nonce = looked.state.order.nonce + static_cast<std::uint64_t>(off);
            if (off == -1 && looked.state.order.nonce == 0) continue;
            node<Policy> told = looked;
            tell(keeper, told, {kind, nonce, later}, t);
            told.path += " receipt " + std::to_string(static_cast<int>(kind)) + "/" + std::to_string(off);
            ++t.sequences;
            // Wherever this leaves us: once what is out has timed out, an emergency acts, and acts once.
            node<Policy> rescued = told;
            const auto d = keeper(rescued.state, cases::watching(urgent, later + cases::wait + seconds{1}).look());
            if (d.verdict != verdict::rebalance) fault(t, told, "cannot act again", d);
            if ((told.used >> d.nonce & 1U) != 0) fault(t, told, "acts with a used nonce", d);
            next.try_emplace(key(told), std::move(told));
          }
      }
    layer.clear();
    for (auto& [k, n] : next) layer.push_back(std::move(n));
  }
  return t;
}

TEST(PolicyReceipts, EverySequenceLeavesAStateThatActsOnceAndIsNeverSilent) {
  const tally t = enumerate(cases::keeper, 5);
  std::printf("receipts: %ld looks, %ld receipts, %ld ends of sequences up to length 5, %d faults\n", t.looks,
              t.receipts, t.sequences, t.faults);
  EXPECT_EQ(t.faults, 0);
  EXPECT_GT(t.sequences, 10000);
}

TEST(PolicyReceipts, EverySequenceInPiecesToo) {
  constexpr policy in_pieces{cases::home.model, cases::guards,
                             trigger::all_of{cases::two_sided, trigger::cooldown{cases::cooling}},
                             sizing::in_chunks{sizing::restore_target{}, {1.0}}, cases::plain_execution};
  const tally t = enumerate(in_pieces, 5);
  std::printf("receipts, in pieces: %ld looks, %ld receipts, %ld ends, %d faults\n", t.looks, t.receipts, t.sequences,
              t.faults);
  EXPECT_EQ(t.faults, 0);
}

TEST(PolicyReceipts, AnEpisodeInPiecesIsOneOrderOfManyTrades) {
  constexpr policy in_pieces{cases::home.model, cases::guards, cases::one_sided,
                             sizing::in_chunks{sizing::restore_target{}, {1.0}}, cases::plain_execution};
  typename decltype(in_pieces)::state_type state;
  auto w = cases::watching(1.12);
  std::uint64_t episode = 0;
  int trades = 0;
  for (; trades < 100; ++trades) {
    w.fresh();
    const auto d = in_pieces(state, w.look());
    if (d.verdict != verdict::rebalance) {
      EXPECT_EQ(d.reason, errc::inside_band);
      break;
    }
    if (trades == 0) episode = d.state.order.episode;
    EXPECT_EQ(d.state.order.episode, episode);
    EXPECT_EQ(d.nonce, static_cast<std::uint64_t>(trades));
    state = in_pieces.on_receipt(d.state, {receipt_kind::sent, d.nonce, w.now});
    state = in_pieces.on_receipt(state, {receipt_kind::filled, d.nonce, w.now});
    w.world.account[0].collateral += d.trade.collateral_change;
    w.world.account[1].debt += d.trade.debt_change;
    w.now += seconds{12};
  }
  EXPECT_GT(trades, 2);
  EXPECT_LT(trades, 100);
  EXPECT_GE(health_factor(w.world.model.liquidation_form<double>(w.world.account), w.world.prices()), 1.25);
}

// An account whose repair needs several pieces, and a policy that cools down between episodes.
struct piecemeal {
  static constexpr policy rule{cases::home.model, cases::guards,
                               trigger::all_of{cases::one_sided, trigger::cooldown{cases::cooling}},
                               sizing::in_chunks{sizing::restore_target{}, {1.0}}, cases::plain_execution};
  decltype(rule)::state_type state{};
  cases::watched world = cases::watching(1.12);

  auto look(long pause = 12) {
    world.now += seconds{pause};
    world.fresh();
    const auto d = rule(state, world.look());
    state = d.state;
    return d;
  }
  void tell(receipt_kind kind, std::uint64_t nonce) { state = rule.on_receipt(state, {kind, nonce, world.now}); }
  template <class D>
  void fill(const D& d) {
    tell(receipt_kind::sent, d.nonce);
    tell(receipt_kind::filled, d.nonce);
    world.world.account[0].collateral += d.trade.collateral_change;
    world.world.account[1].debt += d.trade.debt_change;
  }
};

TEST(PolicyReceipts, AnEpisodeInPiecesOutlivesAnotherLookARevertAndAnExpiry) {
  piecemeal k;
  const auto first = k.look();
  ASSERT_EQ(first.binding, sizing::limit::chunk);
  k.fill(first);
  const auto second = k.look(), again = k.look(), much_later = k.look(130);
  for (const auto& d : {second, again, much_later}) {
    EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
    EXPECT_EQ(d.nonce, 1U);
    EXPECT_EQ(d.trade.sold, second.trade.sold);
  }
  std::uint64_t nonce = 1;
  for (const auto end : {receipt_kind::reverted, receipt_kind::expired}) {
    k.tell(receipt_kind::sent, nonce);
    k.tell(end, nonce++);
    const auto d = k.look();
    EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
    EXPECT_EQ(d.nonce, nonce);
    EXPECT_EQ(d.state.order.episode, first.state.order.episode);
  }
  k.tell(receipt_kind::sent, nonce);
  EXPECT_EQ(k.look().reason, errc::pending);
  EXPECT_EQ(k.look(130).verdict, verdict::rebalance) << "lost without a word";
}

TEST(PolicyReceipts, AnEmergencyInTheMiddleOfAnEpisodeIsDoneAtOnceAndEndsIt) {
  piecemeal k;
  k.fill(k.look());
  k.world.at_health(urgent);
  k.world.world.account[0].collateral = 10000.0;
  const auto d = k.look();
  EXPECT_TRUE(d.emergency);
  EXPECT_EQ(d.binding, sizing::limit::none);
  EXPECT_GE(d.trade.health_after, 1.25);
  k.fill(d);
  EXPECT_FALSE(k.state.order.episode_open);
  k.world.at_health(below);
  k.world.world.account[0].collateral = 10000.0;
  EXPECT_EQ(k.look().reason, errc::cooldown) << "the next breach is another episode";
}

TEST(PolicyReceipts, AnEpisodeEndsWhereTheMarketReachesItsTarget) {
  piecemeal k;
  k.fill(k.look());
  k.look();
  k.world.world.account[0].collateral = 13000.0;
  EXPECT_EQ(k.look().verdict, verdict::hold);
  EXPECT_FALSE(k.state.order.episode_open);
}

auto sent_at(double health) {
  const auto d = cases::keeper({}, cases::watching(health).look());
  EXPECT_EQ(d.verdict, verdict::rebalance);
  return cases::keeper.on_receipt(d.state, {receipt_kind::sent, d.nonce, cases::start});
}
auto look_later(const cases::keeper_state& state, double health, seconds pause = tick) {
  return cases::keeper(state, cases::watching(health, cases::start + pause).look());
}

TEST(PolicyReceipts, AnOrderThatLeansAgainstWhatIsWantedIsReplaced) {
  const auto levering = sent_at(1.9);
  for (const double health : {below, urgent}) {
    const auto d = look_later(levering, health);
    EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
    EXPECT_EQ(d.trade.towards, direction::deleverage);
    EXPECT_EQ(d.nonce, 0U) << "one of the two can execute";
    EXPECT_LT(d.health_with_fill, health);
    const auto told = cases::keeper.on_receipt(d.state, {receipt_kind::replaced, d.nonce, cases::start + tick});
    EXPECT_EQ(look_later(told, health, 2 * tick).reason, errc::pending) << "the replacement is waited for";
  }
  EXPECT_EQ(look_later(levering, 1.8).reason, errc::pending);
}

TEST(PolicyReceipts, AnOrderWhoseFillWouldBeAnEmergencyIsReplacedByWhatIsRightNow) {
  const auto levering = sent_at(1.9);
  for (const double health : {1.28, 1.2}) {  // inside the band, on either side of the target
    const auto d = look_later(levering, health);
    EXPECT_LE(d.health_with_fill, cases::two_sided.emergency);
    EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
    EXPECT_EQ(d.nonce, 0U);
    EXPECT_NEAR(d.trade.health_after, 1.25, 1e-9);
  }
}

// To take back a fill that would be an emergency is one.
TEST(PolicyReceipts, AnOrderWhoseFillWouldBeAnEmergencyIsReplacedWhateverGasCosts) {
  const auto levering = sent_at(1.9);
  for (const double health : {1.28, 1.2}) {
    auto w = cases::watching(health, cases::start + tick);
    w.gas.price_native = 1e3 * cases::plain_execution.gas_ceiling;
    const auto d = cases::keeper(levering, w.look());
    EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
    EXPECT_TRUE(d.replaces && d.emergency);
    EXPECT_EQ(d.gas_limit, infinity);
    EXPECT_FALSE(d.alarms.in_danger);
  }
}
TEST(PolicyReceipts, AnOrderWhoseFillWouldBeAnEmergencyAndThatNothingReplacesIsAnAlarm) {
  const auto levering = sent_at(1.9);
  auto w = cases::watching(1.28, cases::start + tick);
  w.feeds[0].reference.price = 0.9;
  const auto quarrel = cases::keeper(levering, w.look());
  EXPECT_EQ(quarrel.reason, errc::oracle_unknown) << "the way back to the target is up, and new risk";
  EXPECT_TRUE(quarrel.alarms.in_danger);
  const policy only_up{cases::home.model, cases::guards, cases::keeper.trigger, sizing::leverage_up{},
                       cases::plain_execution};
  const auto proposed = only_up({}, cases::watching(1.9).look());
  const auto sent = only_up.on_receipt(proposed.state, {receipt_kind::sent, proposed.nonce, cases::start});
  const auto waits = only_up(sent, cases::watching(1.2, cases::start + tick).look());
  EXPECT_EQ(waits.reason, errc::pending);
  EXPECT_TRUE(waits.alarms.in_danger);
  EXPECT_FALSE(only_up(sent, cases::watching(1.8, cases::start + tick).look()).alarms.in_danger);
}

TEST(PolicyReceipts, AReplacementNobodySentIsProposedAgain) {
  auto state = sent_at(below);
  const double expected = state.order.current.expected.debt_by;
  for (int i = 1; i < 12; ++i) {
    const auto d = look_later(state, 0.95, tick * i);
    EXPECT_EQ(d.verdict, verdict::rebalance) << i << ": " << name(d.reason);
    EXPECT_EQ(d.nonce, 0U);
    EXPECT_LE(d.health_with_fill, cases::two_sided.emergency);
    EXPECT_EQ(d.state.order.current.expected.debt_by, expected);
    state = d.state;
  }
  state = cases::keeper.on_receipt(state, {receipt_kind::replaced, 0, cases::start + tick * 11});
  const auto waits = look_later(state, 0.95, tick * 12);
  EXPECT_EQ(waits.reason, errc::pending);
  EXPECT_NEAR(waits.health_with_fill, 1.25, 1e-9);
}

TEST(PolicyReceipts, ALateFillStartsTheCooldown) {
  const auto given_up = look_later(sent_at(below), below, cases::wait + seconds{1});
  ASSERT_EQ(given_up.nonce, 1U);
  const auto filled_at = cases::start + cases::wait;
  const auto told = cases::keeper.on_receipt(given_up.state, {receipt_kind::filled, 0, filled_at});
  EXPECT_EQ(told.last_fill, filled_at);
  EXPECT_EQ(look_later(told, below, cases::wait + tick).reason, errc::cooldown);
  piecemeal k;
  const auto piece = k.look();
  k.tell(receipt_kind::sent, piece.nonce);
  k.look(130);
  k.tell(receipt_kind::filled, piece.nonce);
  EXPECT_TRUE(k.state.order.episode_open);
  EXPECT_EQ(k.look().verdict, verdict::rebalance) << "the episode goes on";
}

TEST(PolicyReceipts, AQuietLookAfterAFailureEndsTheEpisode) {
  for (const auto end : {receipt_kind::reverted, receipt_kind::expired}) {
    const auto failed = cases::keeper.on_receipt(sent_at(below), {end, 0, cases::start});
    EXPECT_GE(cases::keeper.quiet(failed, cases::home.account).log_low,
              cases::keeper.quiet(failed, cases::home.account).log_high);
    const auto quiet = look_later(failed, healthy);
    EXPECT_EQ(quiet.state.order.status, order_status::idle);
    const auto next = look_later(quiet.state, below, 2 * tick);
    EXPECT_EQ(next.verdict, verdict::rebalance);
    EXPECT_EQ(next.state.order.episode, 2U);
  }
}

TEST(PolicyReceipts, CooldownStartsAtAFillAndARevertReArmsAtOnce) {
  const auto d = cases::keeper({}, cases::watching(below).look());
  ASSERT_EQ(d.verdict, verdict::rebalance);
  const auto sent = cases::keeper.on_receipt(d.state, {receipt_kind::sent, d.nonce, cases::start});
  const auto pending = cases::keeper(sent, cases::watching(below, cases::start + tick).look());
  EXPECT_EQ(pending.reason, errc::pending);
  EXPECT_GE(pending.health_with_fill, 1.25 * (1 - 1e-12));
  const auto reverted = cases::keeper.on_receipt(sent, {receipt_kind::reverted, d.nonce, cases::start});
  const auto retry = cases::keeper(reverted, cases::watching(below, cases::start + tick).look());
  EXPECT_EQ(retry.verdict, verdict::rebalance);
  EXPECT_EQ(retry.state.order.episode, d.state.order.episode) << "the same episode goes on";
  const auto filled = cases::keeper.on_receipt(sent, {receipt_kind::filled, d.nonce, cases::start});
  const auto soon = cases::keeper(filled, cases::watching(below, cases::start + cases::cooling - seconds{1}).look());
  EXPECT_EQ(soon.verdict, verdict::hold);
  EXPECT_EQ(soon.reason, errc::cooldown);
  const auto late = cases::keeper(filled, cases::watching(below, cases::start + cases::cooling).look());
  EXPECT_EQ(late.verdict, verdict::rebalance);
  EXPECT_GT(late.state.order.episode, d.state.order.episode);
  const auto emergency = cases::keeper(filled, cases::watching(urgent, cases::start + seconds{1}).look());
  EXPECT_EQ(emergency.verdict, verdict::rebalance) << "a cooldown never outlasts an emergency";
}

TEST(PolicyReceipts, AReceiptFromTheFutureNeitherBlocksNorCoolsForever) {
  const auto year_off = cases::start + year;
  const auto d = cases::keeper({}, cases::watching(below).look());
  const auto sent = cases::keeper.on_receipt(d.state, {receipt_kind::sent, d.nonce, year_off});
  const auto waiting = cases::keeper(sent, cases::watching(below, cases::start + tick).look());
  const auto after_wait =
      cases::keeper(waiting.state, cases::watching(below, cases::start + tick + cases::wait + seconds{1}).look());
  EXPECT_EQ(after_wait.verdict, verdict::rebalance) << name(after_wait.reason);
  const auto filled = cases::keeper.on_receipt(d.state, {receipt_kind::filled, d.nonce, year_off});
  const auto seen = cases::keeper(filled, cases::watching(below, cases::start + tick).look());
  const auto cooled = cases::keeper(seen.state, cases::watching(below, cases::start + tick + cases::cooling).look());
  EXPECT_EQ(cooled.verdict, verdict::rebalance) << name(cooled.reason);
}

}  // namespace
