/** `stats socket` in `global`. */
export type { Control, ControlBind } from '@headgate/shared/admin/control-sockets';
