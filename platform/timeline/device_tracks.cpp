// SPDX-License-Identifier: Apache-2.0
#include "platform/timeline/device_tracks.h"

#include <algorithm>
#include <iterator>

namespace prism::timeline {

void DeviceTracks::add(const std::string& device, const Activity& activity) {
  const TraceLog::Track track = log_.track(device, activity.unit);
  if (!log_.slice(track, activity.name, activity.begun, activity.ended, {activity.bytes, 0})) return;
  if (activity.reads_from != 0 && !written_.empty()) {
    auto source = written_.upper_bound(activity.reads_from);
    if (source != written_.begin() && activity.reads_from - (--source)->first < source->second.bytes &&
        source->second.at <= activity.begun) {
      log_.flow(source->second.track, source->second.at, track, activity.begun);
    }
  }
  if (activity.writes_to == 0 || activity.writes_bytes == 0) return;
  // The last instant that is within the slice for certain.
  overwrite(activity.writes_to, {activity.writes_bytes, track, std::max(activity.begun, activity.ended - 1)});
}

void DeviceTracks::overwrite(std::uint64_t address, const Written& written) {
  auto place = written_.lower_bound(address);
  if (place != written_.begin() && std::prev(place)->first + std::prev(place)->second.bytes > address)
    --place;
  while (place != written_.end() && place->first < address + written.bytes) place = written_.erase(place);
  written_[address] = written;
}

}  // namespace prism::timeline
