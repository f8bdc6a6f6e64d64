import {closeSync, openSync, readFileSync, writeSync} from 'node:fs';
import {createHash} from 'node:crypto';
import {crc32} from 'node:zlib';

/** Content of a member: bytes, or a file to read them from. */
export type ZipContent = string | Buffer | {file: string};

/** Writes a zip whose members are stored as they are. */
export function writeZip(path: string, members: Record<string, ZipContent>): void {
  const out = openSync(path, 'w');
  const directory: Buffer[] = [];
  let offset = 0;
  try {
    for (const [name, content] of Object.entries(members)) {
      const data = bytesOf(content);
      const fields = memberFields(name, data);
      const local = Buffer.concat([u32(0x04034b50), fields, u16(0), Buffer.from(name)]);
      directory.push(Buffer.concat([u32(0x02014b50), u16(20), fields, u16(0), u16(0), u16(0), u16(0), u32(0), u32(offset), Buffer.from(name)]));
      writeSync(out, local);
      writeAll(out, data);
      offset += local.length + data.length;
    }
    const list = Buffer.concat(directory);
    writeSync(out, list);
    writeSync(out, Buffer.concat([u32(0x06054b50), u16(0), u16(0), u16(directory.length), u16(directory.length), u32(list.length), u32(offset), u16(0)]));
  } finally {
    closeSync(out);
  }
}

/** Writes a wheel: its members, and the RECORD that tells their digests. */
export function writeWheel(path: string, distInfo: string, members: Record<string, ZipContent>): void {
  const record = Object.entries(members).map(([name, content]) => {
    const data = bytesOf(content);
    return `${name},sha256=${createHash('sha256').update(data).digest('base64url')},${data.length}`;
  });
  writeZip(path, {...members, [`${distInfo}/RECORD`]: `${record.join('\n')}\n${distInfo}/RECORD,,\n`});
}

function bytesOf(content: ZipContent): Buffer {
  if (typeof content === 'string') return Buffer.from(content);
  return Buffer.isBuffer(content) ? content : readFileSync(content.file);
}

function writeAll(out: number, data: Buffer): void {
  for (let done = 0; done < data.length;) done += writeSync(out, data, done);
}

/** Version, flags, method "stored", time, date, CRC, both sizes, length of the name. */
function memberFields(name: string, data: Buffer): Buffer {
  return Buffer.concat([u16(20), u16(0), u16(0), u16(0), u16(0x21), u32(crc32(data)), u32(data.length), u32(data.length), u16(Buffer.byteLength(name))]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
