import type { ControlLimits, ControlPlace } from '@headgate/shared/admin/control-place';
import type { Position } from '@headgate/shared/config/raw';

/** `stats socket` in `global`. */
export interface ControlBind extends ControlPlace {
  readonly at: Position;
}

export interface Control extends ControlLimits {
  readonly binds: readonly ControlBind[];
}
